import { DATABASE_ERROR_CODES } from './database-error-codes.ts';
import type { Told } from './database-error-codes.ts';

/**
 * Every code of an error that the program, the service or the library can show. `…` stands for what differs. A test compares
 * the names with the sources.
 */
export const ERROR_CODES: Readonly<Record<string, Told>> = {
  ...DATABASE_ERROR_CODES,
  'E_AMBIGUOUS_…': [
    'several patterns, sessions or tokens begin with what was typed',
    'type more characters of one that the message lists',
  ],
  E_ARGUMENT: [
    'a program passed the library something it does not take',
    'correct the call; the message names the argument',
  ],
  E_BASE_URL: ['`api.base_url` is no URL of a server', 'correct it in `config.yaml`'],
  E_BENCH: [
    'the hook failed while it was measured, or nothing arrived',
    '`pattern-tracker doctor`',
  ],
  E_BINARY_FILE: ['the file is no text', 'name a text in UTF-8'],
  E_CA_FILE: ['`api.ca_file` cannot be read, or holds no certificate', 'name a PEM file'],
  E_CLOSED: ['a `PatternTracker` is used after `close()`', 'make a new one'],
  E_COMMAND: [
    'a command that a page of the dashboard asks gave no answer',
    'run the command in a terminal: it says why',
  ],
  E_COMPILE: [
    'SQLite could not be compiled for this Node.js',
    'install a C++ compiler, make and Python 3, or Node.js 22.14 or newer; then `pattern-tracker install`',
  ],
  E_CONFIG: [
    'the configuration does not say what may be kept or has to be redacted',
    '`pattern-tracker config check`',
  ],
  E_COURIER_RUNNING: [
    'the courier does not leave, so the database is not free',
    'try again; if it hangs: `pattern-tracker recover corruption`',
  ],
  E_DASHBOARD: [
    'a page of the dashboard failed, which was not foreseen',
    'report it, with the message',
  ],
  E_DASHBOARD_FILES: [
    'the files of the dashboard are missing',
    '`npx claude-pattern-tracker install`, or `npm run build` in a clone',
  ],
  E_DOWNLOAD: [
    'npm could not download the SQLite module',
    'do what the message says of the network; then `pattern-tracker install`',
  ],
  E_ENVIRONMENT: [
    'inside Claude Code a variable says where data go, and a project can set it',
    'put the address into `config.yaml`; `--allow-env` if the variable is yours',
  ],
  E_EXPORT_BUSY: ['the place that events are exported to is busy', 'none: it is tried again'],
  E_EXPORT_OFFSET: [
    'the file that holds how far an export was does not',
    'name the right file, or remove it and begin again',
  ],
  E_EXPORT_REFUSED: [
    'the place that events are exported to refuses them',
    'look at its answer in the message',
  ],
  E_FILE: ['a file cannot be read', 'name one that you can read'],
  E_EXPORT_FOLDER: [
    '`dashboard --export` names a folder that is not empty',
    'name a new one, or empty it',
  ],
  E_FILE_EXISTS: ['a backup would overwrite a file', 'name another file'],
  E_FILE_UNWRITABLE: ['a file cannot be written', 'check its folder, and your rights'],
  E_GIT: [
    'git failed, or took too long',
    'run the same git command in that clone; compare fewer commits',
  ],
  E_HOME_FOREIGN: [
    'the folder of the installation holds files of others',
    'set `PATTERN_TRACKER_HOME` to an empty folder, or unset it',
  ],
  'E_HTTP_…': [
    'the service refuses a request, with that status',
    '[the service answers 403, 400 or 503](#the-service-answers-403-400-or-503)',
  ],
  E_INSECURE_URL: [
    'a token or headers would go over plain HTTP to another machine',
    'use `https:`, or `allow_insecure: true` in a network that you trust',
  ],
  E_INTERRUPTED: ['it was ended before it was done', 'run it again'],
  E_INVARIANT: ['a fault of pattern-tracker itself', 'report it, with the message'],
  E_JSON_BOUNDS: [
    'JSON of others is too deep or has too many values',
    'look at who sends it; an event like this is set aside',
  ],
  E_LARGE_FILE: ['a file is much larger than one of its kind', 'look whether it is the right one'],
  E_LISTEN: [
    'the service cannot listen at that address',
    'check `--host`; ports below 1024 need privileges',
  ],
  E_MAIL: [
    '`alerts.mail` cannot be used',
    'correct it as the message says: `pattern-tracker config check`',
  ],
  E_METRICS_TOKEN: [
    '`--metrics-token-file` cannot be used',
    '`openssl rand -hex 24` makes a secret for it',
  ],
  E_NO_PAGE: ['the dashboard has no such page', 'begin at its first one'],
  E_NOT_A_HOOK_EVENT: [
    'a file in the spool is no event',
    '[files are set aside](#files-are-set-aside)',
  ],
  E_NOT_BUILT: [
    'a part of the program is missing',
    '`npx claude-pattern-tracker install`, or `./install.sh` in a clone',
  ],
  E_NOT_OURS: ['the file to repair is a database of something else', 'name the right one'],
  E_NO_COLLECTOR: ['no collector is configured', 'set `otlp.endpoint` in `config.yaml`'],
  E_NO_COMMIT: [
    'git does not know the commit, or the two have none in common',
    'name another; two dots compare any two',
  ],
  E_NO_FILE: [
    'there is no file of that name, or something else is in its place',
    'name a file as it is called now',
  ],
  E_NO_GIT: ['git cannot be run', 'install git'],
  E_NO_HOME: ['no variable says where your files are', 'set `HOME`'],
  E_NO_HOOK: ['there is no hook or courier to try', '`pattern-tracker install`'],
  E_NO_NPM: [
    'npm is needed for the SQLite module, and not on `PATH`',
    'install npm; then `pattern-tracker install`',
  ],
  E_NO_PATTERN: ['no pattern begins with what was typed', '`pattern-tracker patterns`'],
  E_NO_PLUGIN: ['`setup` is for the plugin', '`pattern-tracker install`'],
  E_NO_PROJECT: [
    'nothing was recorded in that project',
    '`pattern-tracker status`, or the name that the message proposes',
  ],
  E_NO_REPLY: [
    'a server did not answer in time, or the connection was cut',
    '`pattern-tracker health --probe`; [the service is down](RUNBOOK.md#critical-alert-pattern-tracking-service-down)',
  ],
  E_NO_SERVER: ['no server is configured', 'set `api.base_url` in `config.yaml`'],
  E_NO_SESSION: ['no session begins with what was typed', '`pattern-tracker sessions`'],
  E_NO_SQLITE: [
    'the SQLite module is missing, or is for another Node.js',
    '`pattern-tracker install`; in the plugin `pattern-tracker setup`',
  ],
  E_NO_TOKEN: ['no token begins with what was typed', '`pattern-tracker token list`'],
  E_OTLP_ENDPOINT: [
    '`otlp.endpoint` is no URL of a collector',
    'correct it: `http://localhost:4318`',
  ],
  E_OUTPUT: [
    'an export cannot be written',
    'name a file in a folder that you may write to, with room',
  ],
  E_OUT_OF_TIME: [
    'one event took the courier too long',
    'none: it is tried alone, and set aside after three times',
  ],
  E_PORT_IN_USE: ['something listens at the port already', 'stop it, or take another `--port`'],
  E_PROXY_URL: [
    '`api.proxy`, or `HTTPS_PROXY`, is no URL',
    'write `http://proxy.example.com:3128`',
  ],
  E_SETTINGS_INVALID: [
    "Claude Code's settings are no valid JSON",
    'correct the file at the line that is named',
  ],
  E_SETTINGS_OVERWRITTEN: [
    'another program wrote the settings at the same time',
    'close the sessions of Claude Code, and install again',
  ],
  E_SETTINGS_UNREADABLE: [
    'the settings cannot be read, or are not in UTF-8',
    'make the file readable; save it as UTF-8',
  ],
  E_SETTINGS_UNWRITABLE: [
    'the settings cannot be written',
    'make file and folder writable; or add what `install --dry-run` prints by hand',
  ],
  E_SIGN_IN_FILE: [
    '`--sign-in` cannot be used',
    'correct the file as the message says; [the deployment page](deployment.md#people-without-a-token) shows one',
  ],
  E_SQLITE_FETCH: ['the downloaded SQLite module does not load', 'look at the log that is named'],
  E_TENANT: ['that is no name for a tenant', 'use lower case letters, digits, `-` and `_`'],
  E_TLS_FILES: [
    '`--tls-cert` or `--tls-key` cannot be used',
    'name two files in PEM that the user of the service may read',
  ],
  E_TLS_NEEDED: [
    'tokens would go to the service unencrypted',
    'give `--tls-cert` and `--tls-key`; behind a proxy with TLS: `--allow-insecure`',
  ],
  E_TOKEN: ['`api.token` has characters that no token has', 'correct it, or use `api.token_file`'],
  E_TOKENS_NEEDED: [
    'others can reach the service, and it has no token',
    '`pattern-tracker token create --name NAME`',
  ],
  E_TOKEN_EXISTS: ['a token of that id exists already', 'create it again'],
  E_TOKEN_FILE: [
    'a file with a token cannot be used',
    'look at the file that the configuration names',
  ],
  E_TOKEN_FILE_MODE: ['others can read the file with a token', '`chmod 600 FILE`'],
  E_TRANSCRIPTS_OFF: [
    'the configuration forbids to read transcripts',
    '`transcripts: on` in `config.yaml`',
  ],
  E_TRUSTED_PROXY: ['`--trusted-proxy` names no address', 'write `10.0.0.7` or `10.0.0.0/8`'],
  E_UNIT: [
    'a unit of that name is there that this program has not written',
    'move it away, or write yours by hand',
  ],
  E_UNEXPECTED: [
    'an error that was not foreseen',
    'report it, with the output of the same command and `--json`',
  ],
  E_UNKNOWN_PATTERN: [
    'a program names a pattern that is not known here',
    'track its creation first',
  ],
  E_USAGE: ['the command line is not right', '`pattern-tracker COMMAND --help`'],
  E_WEBHOOK_URL: [
    'alerts would go to another machine unencrypted',
    'use `https:` in `alerts.webhook.url`',
  ],
};
