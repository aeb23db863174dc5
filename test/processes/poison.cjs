// Preloaded into a courier and its thread: an event that holds one of these words ends or stops whoever parses it.
const parse = JSON.parse;
JSON.parse = (text, ...rest) => {
  const bytes = String(text);
  if (bytes.includes('poison: kill')) process.kill(process.pid, 'SIGKILL');
  if (bytes.includes('poison: abort')) process.abort();
  if (bytes.includes('poison: memory'))
    for (const all = []; ;) all.push(bytes.repeat(20_000).split('')); // in few steps: time must not run out first
  if (bytes.includes('poison: sleep')) {
    const untold = new Int32Array(new SharedArrayBuffer(4));
    require('node:fs').writeFileSync(process.env.TRACKER_TEST_ASLEEP, '');
    Atomics.wait(untold, 0, 0, 600_000);
  }
  return parse(text, ...rest);
};
