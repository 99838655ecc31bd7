// Runs the app's core for the tests: one JSON request a line in, one JSON answer a line out, bytes as hexadecimal.
const path = require("path");
const core = require(path.join(__dirname, "..", "..", "config", "bangle", "deskband_core.js"));

const hex = (bytes) => Buffer.from(bytes).toString("hex");
let band, out = [], nowUs = 0;

const requests = {
  block: (r) => hex(core.packBlock(r.session, r.index, r.t_us === null ? undefined : r.t_us, r.flags, Int16Array.from(r.samples.flat()), 0, r.samples.length)),
  info: (r) => hex(core.packInfo(r)),
  status: (r) => hex(core.packStatus(r)),
  alert_event: (r) => hex(core.packAlertEvent(r.event, r.alert_id, r.t_us)),
  alert: (r) => core.readAlert(Buffer.from(r.hex, "hex")),
  boot: (r) => {
    band = new core.Band({
      session: r.session, rateCode: 0, rangeCode: 1, placement: 0, blocks: r.blocks, deviceId: 0x1a2b,
      battery: () => 87, charging: () => false, now: () => nowUs,
      send: (name, bytes) => out.push([name, hex(bytes)]), keep: () => {}, renewed: () => {}
    });
  },
  samples: (r) => { for (const [x, y, z, us] of r.samples) { nowUs = us; band.sample(x, y, z, us); } },
  control: (r) => band.control(Buffer.from(r.hex, "hex")),
  step: () => band.step(),
  read_info: () => hex(band.info()),
  read_status: () => hex(band.status()),
  tell_alert: (r) => band.tellAlert(r.event, r.alert_id)
};

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const request = JSON.parse(line);
  out = [];
  const value = requests[request.do](request);
  process.stdout.write(JSON.stringify({ value: value === undefined ? null : value, out }) + "\n");
});
