// DeskBand Lite on a Bangle.js 2: sensor, service, buzz, text and button around deskband_core.
(function() {
  var core = require("deskband_core"), store = require("Storage"), ID = core.UUID;
  var settings = Object.assign({ rate: 12.5, placement: 0, session: 0 }, store.readJSON("deskband.json", 1) || {});
  var rateCode = Math.max(0, core.RATES_HZ.indexOf(settings.rate));
  var shown, presses = 0, pacing, bootS = getTime();

  function remember(session) {
    settings.session = session;
    store.writeJSON("deskband.json", settings);
  }
  function nowUs() { return Math.round((getTime() - bootS) * 1000000); }

  function update(name, value) {
    var one = {}, all = {};
    one[ID[name]] = value;
    all[ID.service] = one;
    // Before the service is really there (it needs a moment without any link) this throws: stored is stored
    try { NRF.updateServices(all); } catch (e) { return; }
  }
  function keep(name, bytes) { update(name, { value: bytes }); }
  function send(name, bytes) {
    update(name, name == "control" ? { value: bytes, indicate: true } : { value: bytes, notify: true });
  }

  // A new number at every boot, for the clock and the samples begin anew
  remember((settings.session + 1) % 65536);
  var band = new core.Band({
    session: settings.session, rateCode: rateCode, rangeCode: 1, placement: settings.placement, blocks: 395,
    deviceId: parseInt(NRF.getAddress().replace(/:/g, "").substr(4, 8), 16) || 0,
    battery: E.getBattery, charging: Bangle.isCharging, now: nowUs,
    send: send, keep: keep, renewed: remember
  });

  // --- sensor: 12.5 Hz is what the firmware does anyway; more is a register of the KX023 ---

  if (rateCode) {
    Bangle.accelWr(0x18, 0x6C);
    Bangle.accelWr(0x1B, rateCode);
    Bangle.accelWr(0x18, 0xEC);
  }
  Bangle.setPollInterval(Math.round(1000 / core.RATES_HZ[rateCode]));
  Bangle.on("accel", function(a) { band.sample(a.x, a.y, a.z, nowUs()); });

  // --- alert: buzz and a text over whatever is on the screen ---

  var WORDS = [0, "Time for a break?", "Stand up", "Still sitting", "Well done", "Here I am"];

  function show(text) {
    if (!Bangle.setLCDOverlay) return;
    var picture = Graphics.createArrayBuffer(160, 50, 1, { msb: true });
    picture.drawRect(0, 0, 159, 49).setFont("6x8", 2).setFontAlign(0, 0).drawString(text, 80, 25, true);
    Bangle.setLCDOverlay({ width: 160, height: 50, bpp: 1, buffer: picture.buffer }, 8, 63);
    Bangle.setLCDPower(1);
  }
  function buzz(alert, left) {
    if (!left || shown !== alert) return;
    Bangle.buzz(alert.on, alert.intensity / 100).then(function() {
      setTimeout(buzz, alert.off, alert, left - 1);
    });
  }
  function close(event) {
    if (!shown) return;
    band.tellAlert(event, shown.number);
    shown = undefined;
    if (Bangle.setLCDOverlay) Bangle.setLCDOverlay();
  }
  function onAlert(bytes) {
    var alert = core.readAlert(bytes);
    close(2);
    if (!WORDS[alert.kind]) return;
    shown = alert;
    show(WORDS[alert.kind]);
    if (alert.channels & 1) buzz(alert, Math.max(1, alert.repeats));
    band.tellAlert(1, alert.number);
    setTimeout(function() { if (shown === alert) close(2); }, 1000 * Math.max(10, alert.lives));
  }
  function onButton() {
    if (!shown) return;
    if (++presses == 1) setTimeout(function() {
      close(presses > 1 ? 4 : 3); // twice: later
      presses = 0;
    }, 600);
  }
  setWatch(onButton, BTN1, { edge: "rising", repeat: true });

  // --- the service ---

  function onControl(evt) {
    band.control(new Uint8Array(evt.data));
    // A link that was quiet has an interval of 200 ms; faster than it carries, what is sent would be dropped
    if (band.job && !pacing) pacing = setInterval(function() {
      if (band.step()) return;
      clearInterval(pacing);
      pacing = undefined;
    }, 200);
  }
  var chars = {};
  chars[ID.info] = { readable: true, value: band.info(), maxLen: 20 };
  chars[ID.control] = { writable: true, indicate: true, value: [0], maxLen: 20, onWrite: onControl };
  chars[ID.live] = { notify: true, value: [0], maxLen: core.BLOCK_BYTES };
  chars[ID.replay] = { notify: true, value: [0], maxLen: core.BLOCK_BYTES };
  chars[ID.status] = { readable: true, notify: true, value: band.status(), maxLen: 20 };
  chars[ID.alert] = {
    writable: true, notify: true, value: [0], maxLen: 20,
    onWrite: function(evt) { onAlert(new Uint8Array(evt.data)); }
  };
  var services = {};
  services[ID.service] = chars;
  NRF.setServices(services, { uart: true }); // the console stays, so that the app can be updated
  NRF.on("disconnect", function() { band.unlink(); });

  // Read on connecting, told once a minute and on change
  var told = "";
  setInterval(function() {
    var now = [E.getBattery(), Bangle.isCharging(), Math.floor(getTime() / 60), band.session].join();
    if (now != told) band.tellStatus();
    told = now;
  }, 2000);
})();
