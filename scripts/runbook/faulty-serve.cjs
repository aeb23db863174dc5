// Preloaded into a service, so that its answers come late, or never, as the file that RUNBOOK_FAULT names says:
// `late 6000` in milliseconds, or `cut`, as when packets get lost.
const { readFileSync } = require('node:fs');
const { Server } = require('node:http');

if (process.argv[2] === 'serve' && process.env.RUNBOOK_FAULT) {
  const { emit } = Server.prototype;
  Server.prototype.emit = function emitLate(name, ...args) {
    if (name !== 'request') return emit.call(this, name, ...args);
    const [kind, ms] = fault();
    if (kind === 'cut') return true;
    if (kind === 'late') return setTimeout(() => emit.call(this, name, ...args), Number(ms));
    return emit.call(this, name, ...args);
  };
}

function fault() {
  try {
    return readFileSync(process.env.RUNBOOK_FAULT, 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}
