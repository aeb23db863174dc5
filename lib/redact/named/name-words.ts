/**
 * How random a value must look for its name to make it a secret: people choose passwords, machines
 * generate tokens, the id of a session may be one of ours, a code has few digits, and what only may be a
 * secret must look like nothing else. A vendor's name alone says the least: nothing of what stands below it.
 */
export type NameClass = 'password' | 'token' | 'session' | 'code' | 'weak' | 'vendor';

const UNMARKED: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', đ: 'd', ı: 'i' };

/** The words of a list, those with accents also as they are written without. */
const words = (list: string): readonly string[] => [
  ...new Set(
    list
      .trim()
      .split(/[\s,]+/)
      .flatMap((word) => [word, unaccented(word)]),
  ),
];

/** Words that make a name secret wherever a part of the name ends with them. */
export const ENDINGS: readonly (readonly [readonly string[], 'password' | 'token'])[] = [
  [
    words(`
    pwd passwords password passwd passphrase passphrases passcode passwort kennwort secret secrets
    zugangsdaten identifiants credenciales credenziali kennwörter kennwoerter passwörter passwoerter motdepasse contraseña contrasenya senha senhas wachtwoord
    lösenord adgangskode salasana jelszó şifre parola parolă hasło heslo heslá geheimnis
    kodeord passord katasandi wagwoord lozinka šifra geslo slaptažodis parole salasõna parool лозинка парола
    пароль пароли пароля паролем секрет κωδικός 密码 密碼 口令 パスワード 暗証番号 비밀번호 암호 סיסמה סיסמא
    合言葉 parolam şifrem كلمةالمرور كلمهالمرور รหัสผ่าน 秘密 गुप्त पासवर्ड পাসওয়ার্ড رمز`),
    'password',
  ],
  [
    words(`
    token tokens credential credentials authtok apikey apikeys accesskey secretkey privatekey masterkey encryptionkey signingkey
    accountkey authkey appkey licensekey sessionkey sharedkey storagekey apisecret authtoken jwt
    mnemonic connectionstring jeton zugangsschlüssel zugangsschluessel токен ключ 私钥 私鑰 アクセスキー シークレットキー 비밀키 密钥 密鑰 令牌
    秘密鍵 トークン 토큰 개인키`),
    'token',
  ],
];

/** Words that make a name secret as a part of their own, last in the name. */
export const WHOLE: readonly (readonly [readonly string[], NameClass])[] = [
  [
    words(`pass pwd pw pswd psw psk mdp clave userpass dbpass bindpw rootpw adminpw rootpass smtppass mailpass
    adminpass ftppass sshpass requirepass masterauth authpass keypass storepass userpw dbpw`),
    'password',
  ],
  [
    words(`pat creds cred bearer dsn sas salt cookie htpasswd ikey authkey
    llave chave chiave clé clef klucz schlüssel schluessel sleutel anahtar anahtarı
    nyckel nøkkel nøgle avain kulcs klíč kľúč cheie kunci κλειδί
    hmac apitoken sid phpsessid jsessionid aspsessionid`),
    'token',
  ],
  [words('sessionid sessid session'), 'session'],
  [words('pin otp totp cvv cvc passcode пинкод 授权码 授權碼'), 'code'],
  [words('auth webhook seed signing unseal'), 'weak'],
];

/** Two last parts that make a name secret together. */
export const PAIRS: ReadonlyMap<string, NameClass> = new Map([
  ...pairs('session sess sessn', 'id ids', 'session'),
  ...pairs('connection conn connect', 'string str', 'token'),
  ...pairs('signed presigned webhook hook', 'url', 'token'),
  ...pairs('pass seed recovery secret mnemonic backup', 'phrase phrases words', 'password'),
  ...pairs('pass', 'word words', 'password'),
  ...pairs('security', 'answer', 'password'),
  ...pairs(
    'pass pin access security verification auth authorization recovery backup mfa 2fa otp invite reset sms',
    'code codes',
    'code',
  ),
  ...pairs('mot de palavra', 'passe', 'password'),
  ...pairs('кодовое', 'слово', 'password'),
  ...pairs('api', 'キー', 'token'),
  ...pairs('totp otp mfa 2fa wallet', 'seed', 'token'),
  ...pairs('mật', 'khẩu', 'password'),
  ...pairs(
    'access api cloud huawei tencent tencentcloud volc volcengine baidu qiniu',
    'sk',
    'token',
  ),
  ...pairs('private', 'exponent scalar multiplier', 'token'),
  ...pairs('eth ethereum btc bitcoin sol solana wallet signer deployer owner', 'pk priv', 'token'),
  ...pairs('كلمة', 'المرور السر', 'password'),
  ...pairs('clave', 'secreta privada', 'password'),
  ...pairs('kata', 'sandi', 'password'),
  ...pairs('x amz aws', 'credential signature', 'token'),
  ...pairs('redis mongo mysql db smtp ftp proxy registry', 'auth', 'password'),
  ...pairs('sonar', 'login', 'token'),
]);

/** What a key that is secret opens, or who gave it; before `key`. */
export const KEY_KINDS: ReadonlySet<string> = new Set(
  words(`api access secret private master encryption encrypt crypt crypto decryption decrypt cipher
    signing sign signature hmac aes des rsa dsa ecdsa ed25519 ssh gpg pgp pem tls ssl deploy license licence account storage
    subscription shared session cookie app application client consumer admin auth authentication authorization service role
    wallet vapid sas webhook hook preshared pre psk token jwt jwe jws password functions function host secure security unseal activation
    recovery backup root integration project server write ingest ingestion instrumentation maps site
    here box square segment linear notion render fly together replicate stability steam zoom teams elastic terraform pulumi vault
    consul localstack redis mongo mongodb pg mysql postgres django flask rails laravel nextauth github gitlab bitbucket npm pypi
    docker nuget rubygems hf cf dd relic aws azure gcp google firebase facebook twitter instagram linkedin youtube spotify twitch
    jenkins travis circleci sonar slack discord jira atlassian salesforce captcha turnstile weather bing brave voyage fireworks`),
);

/** Vendors whose name is no other word and who give keys: it tells of a value that stands behind nothing else. */
export const API_VENDORS: ReadonlySet<string> = new Set(
  words(`openai anthropic gemini claude cohere mistral groq deepseek perplexity xai grok openrouter huggingface elevenlabs deepgram
    assemblyai pinecone weaviate qdrant langchain langsmith cloudflare digitalocean heroku vercel netlify railway supabase
    stripe paypal braintree adyen plaid coinbase binance kraken alchemy infura etherscan moralis
    twilio sendgrid mailgun mailchimp postmark sparkpost mailjet brevo resend vonage nexmo plivo snyk codecov
    intercom zendesk freshdesk hubspot mixpanel amplitude posthog datadog newrelic sentry rollbar bugsnag honeycomb grafana splunk
    pagerduty opsgenie logdna loggly papertrail algolia meilisearch typesense mapbox openweather openweathermap giphy unsplash
    tmdb omdb shopify airtable asana trello figma dropbox okta auth0 clerk launchdarkly telegram recaptcha hcaptcha
    doppler infisical tailscale ngrok serper tavily rapidapi scraperapi apify browserless`),
);

/** What a vendor's secret key is called for short; behind the vendor's name. */
export const VENDOR_KEYS: ReadonlySet<string> = new Set(words('sk pk rk priv private'));

/** Words before `key` that say it is none to a lock. */
export const NOT_KEYS: ReadonlySet<string> = new Set(
  words(`public primary foreign sort partition range cache object row group index query route item unique
    translation i18n react shortcut hot bind binding blob event state map dict lookup natural composite surrogate candidate
    hash config option property prop attribute field column data meta metadata label message locale lang
    arrow enter escape tab shift ctrl control alt any press pressed down up last first next prev parent child
    node tree entry storage_ recv receive fingerprint keyserver manager local ident id name by sub s3 device`),
);

/** Words that end a name without changing whose secret it is. */
export const SUFFIXES: ReadonlySet<string> = new Set(
  words(`prod production dev development stage staging test testing live local default value val string str
    text plain plaintext raw clear cleartext base64 b64 encoded enc data base env var new old current previous
    confirm confirmation confirmed repeat again retype verify primary secondary main v base32 header pem ascii
    literal db sql bdd input textbox field box backup stdin do da de del di banco dados datos datenbank bd
    api acceso acesso acces accès secreta secrète privada privata privée segreta maestra cifrado compartida partagé partage
    prywatny tajny доступа базы базе бд данных от к для`),
);

/** Words that make a name count something, or name a place, whatever follows. */
export const COUNTED: ReadonlySet<string> = new Set(
  words(`max min num number count total input output prompt completion cached cache used remaining limit budget
    thinking reasoning avg average next prev csstoken syntax lexer parser design theme color next_page page
    pagination continuation continue cancellation cancel starting idempotency creation change sync whitespace punctuation keyword operator`),
);

// --- internal ---

function pairs(firsts: string, seconds: string, nameClass: NameClass): [string, NameClass][] {
  return words(firsts).flatMap((first) =>
    words(seconds).map((second): [string, NameClass] => [`${first} ${second}`, nameClass]),
  );
}

/** A word as people write it whose keyboard has no accents; other scripts than Latin need theirs. */
function unaccented(word: string): string {
  if (!/^[\p{Script=Latin}\d_]+$/u.test(word)) return word;
  return word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[łøđı]/g, (letter) => UNMARKED[letter] ?? letter);
}
