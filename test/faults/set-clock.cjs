// Required before a program, gives it a clock of its own: the machine's, and the milliseconds in $CLOCK_OFFSET_FILE. The
// monotonic clock, which nobody can set, stays.
const { readFileSync } = require('node:fs');

const { now } = Date;
const offset = () => {
  try {
    return Number(readFileSync(process.env.CLOCK_OFFSET_FILE, 'utf8')) || 0;
  } catch {
    return 0;
  }
};
globalThis.Date = class extends Date {
  constructor(...args) {
    super(...(args.length === 0 ? [now() + offset()] : args));
  }
  static now() {
    return now() + offset();
  }
};
