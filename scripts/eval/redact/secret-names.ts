/** What people call secrets, as words; a {@link Spelling} joins them. */
export const SECRET_NAMES: readonly string[] = [
  // Passwords
  'password, passwd, pwd, pass, passphrase, pass phrase, pass word, passcode, pass code, pin code',
  'db password, db pass, db passwd, db pwd, database password, database pwd, database pass',
  'root password, root pass, root pwd, admin password, admin pass, admin pwd, user password',
  'user pass, user pwd, login password, login pass, account password, new password, old password',
  'current password, confirm password, default password, initial password, master password',
  'temp password, temporary password, service password, system password, sudo password',
  'mysql password, mysql pwd, mysql root password, postgres password, postgresql password',
  'pg password, pgpassword, redis password, redis pass, redis auth, mongo password, mongodb password',
  'mssql sa password, sa password, oracle password, rabbitmq default pass, rabbitmq password',
  'smtp password, smtp pass, mail password, email password, imap password, ftp password, ftp pass',
  'sftp password, ssh password, ssh passphrase, vnc password, wifi password, wifi psk, psk',
  'pre shared key, ldap password, ldap bind password, bind password, bind pw, kerberos password',
  'proxy password, proxy pass, http password, basic auth password, htpasswd, keystore password',
  'key store password, truststore password, trust store password, key password, cert password',
  'certificate password, pfx password, p12 password, jks password, sonar password, nexus password',
  'jenkins password, jira password, docker password, registry password, ansible become password',
  'become pass, vault password, grafana password, elastic password, elasticsearch password',
  'kibana password, clickhouse password, cassandra password, neo4j password, minio root password',
  'passwords, user passwords, pw, db pw, admin pw',
  // Tokens
  'token, api token, access token, auth token, authentication token, authorization token, id token',
  'refresh token, bearer token, session token, csrf token, xsrf token, security token, user token',
  'bot token, service token, deploy token, ci token, job token, personal access token, pat',
  'github token, gh token, gitlab token, npm token, slack token, slack bot token, discord token',
  'telegram bot token, vault token, root token, consul token, nomad token, sonar token, snyk token',
  'codecov token, coveralls repo token, travis token, circle token, heroku token, vercel token',
  'netlify auth token, digitalocean token, do token, cloudflare api token, cf api token, hf token',
  'huggingface token, replicate api token, mapbox token, mapbox access token, sentry auth token',
  'datadog api token, rollbar token, rollbar access token, logdna token, loggly token, tokens',
  'api tokens, push token, webhook token, verification token, reset token, invite token, jwt',
  'jwt token, jwt secret, oauth token, oauth access token, o auth token, sas token, registry token',
  'pypi token, cargo registry token, terraform token, pulumi access token, notion token',
  'airtable token, asana token, trello token, zendesk token, shopify access token, twitter token',
  'facebook access token, instagram token, linkedin token, dropbox token, box token, figma token',
  'linear token, postman token, launchdarkly token, auth key, auth secret, auth code',
  // Keys
  'api key, apikey, api keys, access key, access key secret, secret access key, secret key, secret',
  'secrets, private key, private key passphrase, master key, encryption key, encrypt key, crypt key',
  'decryption key, signing key, sign key, signature key, hmac key, hmac secret, aes key, rsa key',
  'ssh key, ssh private key, deploy key, license key, licence key, account key, storage key',
  'storage account key, subscription key, primary key secret, shared key, shared access key',
  'shared secret, session key, session secret, cookie secret, cookie key, secret key base',
  'app key, app secret, application key, application secret, app token, client secret, client key',
  'consumer key, consumer secret, aws secret access key, aws secret key, aws session token',
  'aws secret, azure client secret, azure storage key, gcp key, gcp api key, google api key',
  'google maps api key, google client secret, firebase key, firebase api key, openai key',
  'openai api key, anthropic key, anthropic api key, claude api key, gemini api key, cohere api key',
  'mistral api key, groq api key, deepseek api key, stripe key, stripe secret key, stripe api key',
  'stripe webhook secret, paypal secret, square token, twilio auth token, twilio api key',
  'sendgrid key, sendgrid api key, mailgun key, mailgun api key, mailchimp api key, postmark token',
  'datadog api key, dd api key, dd app key, newrelic key, new relic license key, pagerduty key',
  'algolia key, algolia admin key, pinecone key, pinecone api key, supabase key',
  'supabase service role key, service role key, weather api key, okta api token, auth0 client secret',
  'webhook secret, webhook key, hook secret, github webhook secret, github client secret, oauth secret',
  'oauth client secret, facebook app secret, twitter api secret, twitter consumer secret, slack secret',
  'slack signing secret, recaptcha secret, recaptcha secret key, hcaptcha secret, captcha secret',
  'django secret key, flask secret key, rails master key, laravel app key, nextauth secret, auth salt',
  'password salt, secret salt, salt, seed phrase, mnemonic, recovery phrase, recovery code, backup code',
  'wallet key, wallet private key, vapid private key, turnstile secret key, sas key, dsn secret',
  // Sessions and credentials
  'session id, sessionid, phpsessid, jsessionid, sid, session cookie, auth cookie, cookie, creds',
  'credential, credentials, db credentials, aws credentials, connection password, otp secret',
  'totp secret, mfa secret, two factor secret, 2fa secret, access code, security code, verification code',
  // Other languages
  'passwort, kennwort, datenbank passwort, geheimnis, mot de passe, motdepasse, mdp, contraseña',
  'contrasena, clave, clave secreta, senha, senha do banco, wachtwoord, parola, hasło, haslo, heslo',
  'lösenord, losenord, adgangskode, salasana, jelszó, jelszo, şifre, sifre, пароль, секрет, ключ',
  'токен, 密码, 口令, 密钥, 令牌, パスワード, 秘密鍵, 비밀번호, סיסמה, كلمة المرور, รหัสผ่าน, mật khẩu, mat khau',
].flatMap((line) => line.split(', '));

/** How the words of a name are joined. */
export type Spelling = 'snake' | 'screaming' | 'camel' | 'pascal' | 'kebab' | 'header';

/** The spellings that make kinds of their own; a header is asked for by shapes. */
export const SPELLINGS = ['snake', 'screaming', 'camel', 'pascal', 'kebab'] as const;

/** Writes words in a spelling. */
export function spell(words: string, spelling: Spelling): string {
  const parts = words.split(' ');
  switch (spelling) {
    case 'snake':
      return parts.join('_');
    case 'screaming':
      return parts.join('_').toUpperCase();
    case 'camel':
      return parts.map((part, i) => (i === 0 ? part : capital(part))).join('');
    case 'pascal':
      return parts.map(capital).join('');
    case 'kebab':
      return parts.join('-');
    case 'header':
      return `X-${parts.map(capital).join('-')}`;
  }
}

// --- internal ---

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
