import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSignInFile } from '../../../../lib/service/auth/oidc/sign-in-file.ts';

const GOOD = `issuer: https://login.example.org
client_id: tracker
public_url: https://patterns.example.org:8443
tenants:
  - { tenant: shop, claim: groups, value: shop-developers }
  - tenant: default
`;

function written(text: string, secret?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sign-in-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [file, secretFile] = [join(folder, 'sign-in.yaml'), join(folder, 'secret')];
  if (secret !== undefined) writeFileSync(secretFile, secret);
  writeFileSync(file, text.replace('SECRET', secretFile));
  return file;
}

describe('the file of serve --sign-in', () => {
  it('is read with its secret', () => {
    expect(
      readSignInFile(written(`${GOOD}client_secret_file: SECRET\n`, 'of the client\n')),
    ).toMatchObject({
      clientSecret: 'of the client',
      scopes: ['openid', 'profile', 'email'],
      tenants: [
        { tenant: 'shop', claim: 'groups', value: 'shop-developers' },
        { tenant: 'default' },
      ],
    });
  });

  it('needs no secret', () => {
    expect(readSignInFile(written(GOOD)).clientSecret).toBeUndefined();
  });

  it.each([
    [GOOD.replace('https://login', 'http://login'), 'issuer: expected https://…'],
    [GOOD.replace('https://patterns', 'ftp://patterns'), 'public_url: expected https://…'],
    [GOOD.replace('tenant: default', 'tenant: Default'), 'tenants.1.tenant: expected lower-case'],
    [GOOD.replace(', value: shop-developers', ''), 'tenants.0: claim and value belong together'],
    [GOOD.replace(/tenants:[^]*/, 'tenants: []\n'), 'tenants: '],
    [`${GOOD}secret: x\n`, 'the file: Unrecognized key: "secret"'],
    [`${GOOD}client_secret_file: /nowhere/secret\n`, 'ENOENT'],
    [`${GOOD}client_secret_file: SECRET\n`, 'ENOENT'],
    ['- [', 'Flow sequence'],
    ['', 'the file: '],
  ])('is refused with what is wrong: %#', (text, why) => {
    expect(() => readSignInFile(written(text))).toThrow(
      expect.objectContaining({
        code: 'E_SIGN_IN_FILE',
        message: expect.stringContaining(why) as string,
      }),
    );
  });

  it('is refused with an empty secret, or where it is not there', () => {
    expect(() => readSignInFile(written(`${GOOD}client_secret_file: SECRET\n`, '\n'))).toThrow(
      'is empty',
    );
    expect(() => readSignInFile('/nowhere/sign-in.yaml')).toThrow('ENOENT');
  });
});
