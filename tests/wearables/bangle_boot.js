// Runs the boot file on a watch of stubs: prints what it set up, sent and did, as one JSON object.
const fs = require("fs"), path = require("path"), vm = require("vm");
const app = path.join(__dirname, "..", "..", "config", "bangle");
const core = require(path.join(app, "deskband_core.js"));

const said = { services: {}, options: null, updates: [], buzzes: 0, texts: [], stored: {}, registers: [], poll: 0, overlays: [] };
const heard = {}, timers = [];
let nowS = 1000, watch;
const settings = JSON.parse(process.argv[2] || "null");

const picture = { buffer: "pixels" };
for (const name of ["drawRect", "setFont", "setFontAlign"]) picture[name] = () => picture;
picture.drawString = (text) => (said.texts.push(text), picture);

const context = {
  require: (name) => name == "deskband_core" ? core : {
    readJSON: () => settings || undefined,
    writeJSON: (file, value) => { said.stored[file] = Object.assign({}, value); }
  },
  Bangle: {
    on: (event, f) => { heard[event] = f; },
    setPollInterval: (ms) => { said.poll = ms; },
    accelWr: (register, value) => said.registers.push([register, value]),
    buzz: () => { said.buzzes++; return { then: (f) => f() }; },
    isCharging: () => false,
    setLCDOverlay: (image) => said.overlays.push(image ? "shown" : "gone"),
    setLCDPower: () => {}
  },
  NRF: {
    setServices: (services, options) => { said.services = services; said.options = options; },
    updateServices: (all) => {
      for (const [uuid, one] of Object.entries(Object.values(all)[0]))
        said.updates.push([uuid, Buffer.from(one.value).toString("hex"), one.notify ? "notify" : one.indicate ? "indicate" : "keep"]);
    },
    on: (event, f) => { heard[event] = f; },
    getAddress: () => "e3:60:c4:9d:1a:2b"
  },
  E: { getBattery: () => 87 },
  Graphics: { createArrayBuffer: () => picture },
  getTime: () => nowS,
  setWatch: (f) => { watch = f; },
  setTimeout: (f, ms, ...rest) => timers.push({ at: nowS + ms / 1000, f: () => f(...rest) }),
  setInterval: (f, ms) => { const timer = { at: nowS + ms / 1000, f, every: ms / 1000 }; timers.push(timer); return timer; },
  clearInterval: (timer) => { timer.every = undefined; timers.splice(timers.indexOf(timer), 1); },
  BTN1: 1, Math, Object, Uint8Array, Int16Array, Float64Array, parseInt, JSON
};

function pass(seconds) {
  const untilS = nowS + seconds;
  for (;;) {
    timers.sort((a, b) => a.at - b.at);
    if (!timers.length || timers[0].at > untilS) break;
    const timer = timers[0];
    nowS = Math.max(nowS, timer.at);
    if (timer.every) timer.at += timer.every; else timers.shift();
    timer.f();
  }
  nowS = untilS;
}
function write(name, hex) {
  const bytes = Buffer.from(hex, "hex");
  said.services[core.UUID.service][core.UUID[name]].onWrite({ data: new Uint8Array(bytes).buffer });
}

vm.runInNewContext(fs.readFileSync(path.join(app, "deskband.boot.js"), "utf8"), context);
const steps = {
  samples: (count) => { for (let i = 0; i < count; i++) { pass(0.08); heard.accel({ x: 0, y: 0, z: -1 }); } },
  pass, press: () => watch(), write, disconnect: () => heard.disconnect()
};
for (const [step, ...rest] of JSON.parse(process.argv[3] || "[]")) steps[step](...rest);
process.stdout.write(JSON.stringify(said));
