import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TrackerError } from '../../../lib/base/errors.ts';
import { bearerToken } from '../../../lib/delivery/http/bearer-token.ts';

let folder: string;
let tokenFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bearer-token-'));
  tokenFile = join(folder, 'token');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, mode = 0o600): void {
  writeFileSync(tokenFile, text);
  chmodSync(tokenFile, mode); // the umask does not matter
}

function errorOf(action: () => unknown): TrackerError {
  try {
    action();
  } catch (error) {
    if (error instanceof TrackerError) return error;
    throw error;
  }
  throw new Error('it has thrown nothing');
}

describe('bearerToken', () => {
  it('gives the token itself before the file, without the space around it', () => {
    write('from-file');
    expect(bearerToken({ token: ' from-config\n', tokenFile })).toBe('from-config');
  });

  it('reads the file', () => {
    write('  from-file \r\n');
    expect(bearerToken({ token: null, tokenFile })).toBe('from-file');
  });

  it('gives nothing where there is neither', () => {
    expect(bearerToken({ token: null, tokenFile: null })).toBeUndefined();
  });

  it.each([0o600, 0o400, 0o700])('takes a file with the mode %o', (mode) => {
    write('secret', mode);
    expect(bearerToken({ token: null, tokenFile })).toBe('secret');
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o620, 0o602, 0o610, 0o644])(
    'refuses a file with the mode %o, and says how to mend that',
    (mode) => {
      write('secret', mode);
      expect(errorOf(() => bearerToken({ token: null, tokenFile }))).toMatchObject({
        code: 'E_TOKEN_FILE_MODE',
        message: `${tokenFile} can be read by others`,
        hint: `Run: chmod 600 ${tokenFile}`,
      });
    },
  );

  it('says that the file is not there, or is none', () => {
    const missing = join(folder, 'no');
    expect(errorOf(() => bearerToken({ token: null, tokenFile: missing }))).toMatchObject({
      code: 'E_TOKEN_FILE',
      message: expect.stringContaining(missing),
    });
    // A pipe would be read for ever.
    expect(errorOf(() => bearerToken({ token: null, tokenFile: folder }))).toMatchObject({
      code: 'E_TOKEN_FILE',
      message: `${folder}: it is no file`,
    });
  });

  it.each(['', ' \n', 'secret one', 'secret\nsecret', 'sécret', 'secret\0'])(
    'refuses %j, which no header can hold, without saying it',
    (text) => {
      write(text);
      const fromFile = errorOf(() => bearerToken({ token: null, tokenFile }));
      expect([fromFile.code, fromFile.message]).toEqual([
        'E_TOKEN_FILE',
        `${tokenFile} does not hold a token in one line`,
      ]);
      if (text === '') return;
      const given = errorOf(() => bearerToken({ token: text, tokenFile }));
      expect([given.code, given.message]).toEqual([
        'E_TOKEN',
        'api.token does not hold a token in one line',
      ]);
    },
  );
});
