// DeskBand Lite, the part that knows no watch: bytes, ring of blocks, control point, replay.
// On the watch it is the module "deskband_core"; node can require it, too, and so it is tested.
// Old JavaScript on purpose, and no work that grows: Espruino interprets its source.

var BASE = "-ac6e-48f1-9b41-d591858ee542";
exports.UUID = {
  service: "e8200001" + BASE,
  info: "e8200002" + BASE,
  control: "e8200003" + BASE,
  live: "e8200004" + BASE,
  replay: "e8200005" + BASE,
  status: "e8200006" + BASE,
  alert: "e8200007" + BASE
};
exports.RATES_HZ = [12.5, 25, 50]; // by rate code

// 14 bytes of header and stamp, 114 of samples: what an MTU of 131 carries at once
var BLOCK_SAMPLES = 19;
exports.BLOCK_SAMPLES = BLOCK_SAMPLES;
exports.BLOCK_BYTES = 14 + 6 * BLOCK_SAMPLES;

var STAMPED = 1, REPLAYED = 2, CLIPPED = 8, SYNCED = 64;
var OK = 0, UNKNOWN_OP = 1, BAD_LENGTH = 2, UNKNOWN_SESSION = 5, NOT_AVAILABLE = 6, BUSY = 7, ABORTED = 9;
var FEATURES = 4 | 32 | 256; // haptic, button, display
var LENGTHS = { 1: 0, 2: 0, 3: 10, 4: 0, 5: 6, 6: 8, 9: 0 }; // of the parameters, by operation
var TYPICAL_ALERT = [2, 3, 80, 3, 250, 0, 150, 0, 255, 80, 0, 0, 0, 0, 120, 0]; // what a shorter write leaves out
var UP_TO_NOW = 4294967295;

// --- bytes, little-endian; by division, for 48 bits are too many for >> ---

function put16(bytes, at, value) {
  bytes[at] = value % 256;
  bytes[at + 1] = Math.floor(value / 256) % 256;
}
function put32(bytes, at, value) {
  put16(bytes, at, value % 65536);
  put16(bytes, at + 2, Math.floor(value / 65536) % 65536);
}
function put48(bytes, at, value) {
  put32(bytes, at, value % 4294967296);
  put16(bytes, at + 4, Math.floor(value / 4294967296) % 65536);
}
function get16(bytes, at) { return bytes[at] + 256 * bytes[at + 1]; }
function get32(bytes, at) { return get16(bytes, at) + 65536 * get16(bytes, at + 2); }

// A motion block of format 0: samples from..from + count - 1 of xyz (three numbers each, 1/4096 g); us may be undefined.
exports.packBlock = function(session, firstIndex, us, flags, xyz, from, count) {
  var at = us === undefined ? 8 : 14;
  var bytes = new Uint8Array(at + 6 * count);
  bytes[0] = 16;
  bytes[1] = us === undefined ? flags : flags | STAMPED;
  put16(bytes, 2, session);
  put32(bytes, 4, firstIndex);
  if (us !== undefined) put48(bytes, 8, us);
  for (var i = 3 * from; i < 3 * (from + count); i++, at += 2)
    put16(bytes, at, xyz[i] < 0 ? xyz[i] + 65536 : xyz[i]);
  return bytes;
};

exports.packInfo = function(info) {
  var bytes = new Uint8Array(20);
  bytes[0] = 1; // protocol 1.0
  put16(bytes, 2, info.features);
  put16(bytes, 4, info.rates);
  bytes[6] = info.ranges;
  bytes[7] = info.placement;
  put32(bytes, 8, info.capacity);
  put16(bytes, 12, info.hardware);
  put16(bytes, 14, info.firmware);
  put32(bytes, 16, info.deviceId);
  return bytes;
};

exports.packStatus = function(status) {
  var bytes = new Uint8Array(20);
  put16(bytes, 0, status.session);
  put32(bytes, 2, status.nextIndex);
  put32(bytes, 6, status.oldestIndex);
  put16(bytes, 10, status.oldestSession);
  bytes[12] = status.battery;
  bytes[13] = status.flags;
  put16(bytes, 14, Math.min(status.dropped, 65535));
  bytes[16] = status.rateCode;
  bytes[17] = status.rangeCode;
  bytes[18] = status.celsius < 0 ? status.celsius + 256 : status.celsius;
  return bytes;
};

exports.packAlertEvent = function(event, number, us) {
  var bytes = new Uint8Array(9);
  bytes[0] = event;
  put16(bytes, 1, number);
  put48(bytes, 3, us);
  return bytes;
};

exports.readAlert = function(data) {
  var bytes = TYPICAL_ALERT.slice();
  for (var i = 0; i < data.length && i < 16; i++) bytes[i] = data[i];
  return {
    kind: bytes[0], channels: bytes[1], intensity: bytes[2], repeats: bytes[3],
    on: get16(bytes, 4), off: get16(bytes, 6), number: get16(bytes, 12), lives: get16(bytes, 14)
  };
};

// --- the band ---

// options: session, rateCode, rangeCode, placement, deviceId, blocks (kept for replay), battery() in per cent,
// charging(), now() in microseconds since boot, send(name, bytes) to whoever listens, keep(name, bytes) for whoever reads,
// renewed(session) when a new session begins.
function Band(options) {
  this.o = options;
  this.ring = new Int16Array(3 * BLOCK_SAMPLES * options.blocks);
  this.stamps = new Float64Array(options.blocks);
  this.clips = new Uint8Array(options.blocks);
  this.periodUs = 1000000 / exports.RATES_HZ[options.rateCode];
  this.live = false;
  this.begin(options.session);
}
exports.Band = Band;

// A session begins: indices anew, nothing kept.
Band.prototype.begin = function(session) {
  this.session = session;
  this.count = 0; // samples in whole blocks
  this.filled = 0; // of the block in the making
  this.clipped = 0;
  this.acked = 0;
  this.dropped = 0;
  this.synced = false;
  this.lastUs = undefined;
  this.job = undefined;
};

Band.prototype.oldest = function() {
  return Math.max(0, this.count - BLOCK_SAMPLES * this.o.blocks);
};

// One sample, in g.
Band.prototype.sample = function(xG, yG, zG, us) {
  var slot = (this.count / BLOCK_SAMPLES) % this.o.blocks;
  if (!this.filled && this.count - this.acked >= BLOCK_SAMPLES * this.o.blocks) {
    this.dropped++;
    this.acked += BLOCK_SAMPLES;
  }
  this.put(3 * (slot * BLOCK_SAMPLES + this.filled), xG, yG, zG);
  if (++this.filled == BLOCK_SAMPLES) this.finish(slot, us);
};

Band.prototype.put = function(at, xG, yG, zG) {
  var values = [xG, yG, zG];
  for (var i = 0; i < 3; i++) {
    var counts = Math.round(values[i] * 4096);
    if (Math.abs(values[i]) >= (2 << this.o.rangeCode) * 0.999) this.clipped = CLIPPED;
    this.ring[at + i] = Math.max(-32768, Math.min(32767, counts));
  }
};

// The block is full: stored first, then sent. A clock that jumped (a phone set it) makes a new session.
Band.prototype.finish = function(slot, us) {
  var expectedUs = BLOCK_SAMPLES * this.periodUs;
  if (this.lastUs !== undefined && Math.abs(us - this.lastUs - expectedUs) > 500000) {
    this.begin((this.session + 1) % 65536);
    this.o.renewed(this.session);
    this.tellStatus();
    return;
  }
  this.lastUs = us;
  this.stamps[slot] = us;
  this.clips[slot] = this.clipped;
  this.clipped = this.filled = 0;
  this.count += BLOCK_SAMPLES;
  this.o.keep("status", this.status());
  if (this.live) this.o.send("live", this.packed(this.count - BLOCK_SAMPLES, this.count, 0));
};

// Samples [first, end) of one block.
Band.prototype.packed = function(first, end, flags) {
  var number = Math.floor(first / BLOCK_SAMPLES), slot = number % this.o.blocks;
  var us = this.stamps[slot] - ((number + 1) * BLOCK_SAMPLES - end) * this.periodUs;
  var from = slot * BLOCK_SAMPLES + first % BLOCK_SAMPLES;
  flags |= this.clips[slot] | (this.synced ? SYNCED : 0);
  return exports.packBlock(this.session, first, Math.round(us), flags, this.ring, from, end - first);
};

// The next block of a replay; false when there is none.
Band.prototype.step = function() {
  var job = this.job;
  if (!job) return false;
  job.next = Math.max(job.next, this.oldest());
  if (job.next >= job.end) {
    this.endReplay(OK);
    return false;
  }
  var end = Math.min(job.end, (Math.floor(job.next / BLOCK_SAMPLES) + 1) * BLOCK_SAMPLES);
  this.o.send("replay", this.packed(job.next, end, REPLAYED));
  job.next = end;
  job.blocks++;
  return true;
};

Band.prototype.endReplay = function(status) {
  var job = this.job, bytes = new Uint8Array(11);
  this.job = undefined;
  bytes[0] = 0xC3;
  bytes[1] = job.tag;
  bytes[2] = status;
  put16(bytes, 3, this.session);
  put32(bytes, 5, job.next);
  put16(bytes, 9, job.blocks % 65536);
  this.o.send("control", bytes);
};

// --- control point ---

Band.prototype.control = function(bytes) {
  var op = bytes[0], tag = bytes[1];
  if (bytes.length < 2) return;
  if (LENGTHS[op] === undefined) return this.answer(op, tag, UNKNOWN_OP, 0);
  if (bytes.length - 2 < LENGTHS[op]) return this.answer(op, tag, BAD_LENGTH, 0);
  if (op == 3) return this.askedReplay(tag, get16(bytes, 2), get32(bytes, 4), get32(bytes, 8));
  if (op == 4) return this.askedAbort(tag);
  if (op == 5) return this.askedAck(tag, get16(bytes, 2), get32(bytes, 4));
  if (op == 6) this.synced = true;
  if (op == 6 || op == 9) return this.answer(op, tag, OK, 6, put48, this.o.now());
  this.live = op == 1;
  return op == 1 ? this.answer(op, tag, OK, 6, put16, this.session, put32, this.count) : this.answer(op, tag, OK, 0);
};

// An answer with up to two values, each with how it is written.
Band.prototype.answer = function(op, tag, status, length, putFirst, first, putSecond, second) {
  var bytes = new Uint8Array(3 + length);
  bytes[0] = 0x80 | op;
  bytes[1] = tag;
  bytes[2] = status;
  if (putFirst) putFirst(bytes, 3, first);
  if (putSecond) putSecond(bytes, putFirst == put16 ? 5 : 7, second);
  this.o.send("control", bytes);
};

Band.prototype.askedReplay = function(tag, session, first, end) {
  if (session != this.session) return this.answer(3, tag, UNKNOWN_SESSION, 0);
  if (this.job) return this.answer(3, tag, BUSY, 0);
  var from = Math.max(first, this.oldest());
  var to = Math.min(end, this.count);
  var whole = from == first && (to == end || end == UP_TO_NOW);
  if (from >= to) {
    from = to = this.count;
    whole = false;
  }
  this.answer(3, tag, whole ? OK : NOT_AVAILABLE, 8, put32, from, put32, to);
  if (whole) this.job = { tag: tag, next: from, end: to, blocks: 0 };
};

Band.prototype.askedAbort = function(tag) {
  this.answer(4, tag, OK, 0);
  if (this.job) this.endReplay(ABORTED);
};

Band.prototype.askedAck = function(tag, session, upTo) {
  if (session != this.session) return this.answer(5, tag, UNKNOWN_SESSION, 0);
  this.acked = Math.max(this.acked, Math.min(upTo, this.count));
  return this.answer(5, tag, OK, 0);
};

// --- what it is and how it is ---

Band.prototype.info = function() {
  return exports.packInfo({
    features: FEATURES, rates: 7, ranges: 1 << this.o.rangeCode, placement: this.o.placement,
    capacity: exports.BLOCK_BYTES * this.o.blocks, hardware: 2, firmware: 100, deviceId: this.o.deviceId
  });
};

Band.prototype.status = function() {
  var flags = 1 | (this.job ? 2 : 0) | (this.o.charging() ? 4 : 0) | (this.synced ? 16 : 0) | (this.dropped ? 32 : 0);
  return exports.packStatus({
    session: this.session, nextIndex: this.count, oldestIndex: this.oldest(), oldestSession: this.session,
    battery: this.o.battery(), flags: flags, dropped: this.dropped,
    rateCode: this.o.rateCode, rangeCode: this.o.rangeCode, celsius: -128
  });
};

Band.prototype.tellStatus = function() { this.o.send("status", this.status()); };

// 1 started, 2 finished, 3 acknowledged, 4 snoozed, 5 refused
Band.prototype.tellAlert = function(event, number) {
  this.o.send("alert", exports.packAlertEvent(event, number, this.o.now()));
};

// The link is gone: nobody listens, nobody waits for a replay.
Band.prototype.unlink = function() {
  this.live = false;
  this.job = undefined;
};
