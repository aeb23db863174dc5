import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameAt } from '../../lib/redact/named/name-span.ts';
import { classOfName, mayNameSecret, NAME_TRIGGERS } from '../../lib/redact/named/secret-name.ts';

/** Where the triggers stand in a text. */
function triggersIn(text: string): number[] {
  const small = text.toLowerCase();
  return NAME_TRIGGERS.flatMap((trigger) => {
    const places: number[] = [];
    for (let at = small.indexOf(trigger); at !== -1; at = small.indexOf(trigger, at + 1))
      places.push(at);
    return places;
  });
}

const PARTS = [
  'session Session SESSION id ID Id string str connection key KEY api Api token Token max',
  'password secretWord pass phrase code recovery url signed hook answer security value 2 x',
  'login sonar Dsonar Password D P passwort contraseña mật khẩu 密码 width idle pattern path',
].flatMap((words) => words.split(' '));
const part = fc.nat(PARTS.length - 1).map((index) => PARTS[index] ?? '');
const gap = fc.constantFrom('', '_', '-', '.', ' ', '  ', '="', ' -', '/', '\n');
const text = fc
  .array(fc.tuple(part, gap), { minLength: 1, maxLength: 6 })
  .map((pieces) => pieces.flat().join(''))
  .filter((each) => each.toLowerCase().length === each.length);

describe('mayNameSecret', () => {
  it('passes over no name of a secret, whatever it stands beside', () => {
    fc.assert(
      fc.property(text, (given) => {
        const places = triggersIn(given);
        const passed = places.filter((at) => mayNameSecret(given, at));
        for (const at of places) {
          const { start, end, nameClass } = nameAt(given, at);
          if (nameClass === undefined) continue;
          const isSeen = passed.some((each) => each >= start && each < end);
          expect({ given, start, end, isSeen }).toEqual({ given, start, end, isSeen: true });
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each(['width', 'pattern', 'strict', 'path', 'valid', 'oauth2'])('passes over %s', (word) => {
    expect(triggersIn(word).some((at) => mayNameSecret(word, at))).toBe(false);
  });
});

describe('a name in another language', () => {
  it.each(
    [
      'Пароль_БД пароль_от_базы ключ_API токен_доступа кодовое_слово пинкод 私钥 授权码 アクセスキー APIキー 合言葉 비밀키',
      'contraseña_bd clave_api llave_privada token_acceso chave_secreta chave_api palavra_passe senha_banco',
      'clé_api cle_secrete jeton jeton_acces secret_partagé mot_de_passe Zugangsschlüssel geheimer_schlüssel',
      'chiave_api parola_chiave klucz_prywatny api_anahtarı',
      'cle_api CLE_API cle_secrete cle_privee sifre_sql anahtari heslo_db loesenord_losenord motdepasse nokkel nyckel klic',
    ].flatMap((names) => names.split(' ')),
  )('%s is that of a secret', (name) => {
    expect(classOfName(name)).toBeDefined();
    expect(triggersIn(name).some((at) => mayNameSecret(name, at))).toBe(true);
  });
});

describe("a vendor's name", () => {
  it.each(
    'sendgrid SENDGRID my_sendgrid stripe_live stripe_sk STRIPE_SK stripeSk mailgun_private twilioPrivate'.split(
      ' ',
    ),
  )('in %s makes it the name of a secret', (name) => {
    expect(classOfName(name)).toBeDefined();
    const given = `${name}="x"`;
    expect(triggersIn(given).some((at) => mayNameSecret(given, at))).toBe(true);
  });

  it.each(['stripe_url', 'sendgrid_from', 'private', 'is_private', 'task_pk', 'disk'])(
    'or a part of it in %s does not',
    (name) => {
      expect(classOfName(name)).toBeUndefined();
    },
  );

  it('in a sentence is passed over', () => {
    const given = 'Payments by Stripe, mail by SendGrid.';
    expect(triggersIn(given).some((at) => mayNameSecret(given, at))).toBe(false);
  });
});
