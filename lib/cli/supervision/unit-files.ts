import { join } from 'node:path';
import { userUnitFolder } from '../../health/audit/service-files.ts';

/** A file by which the service manager of a system runs a program, and what to do with it. */
export interface UnitFile {
  readonly path: string;
  readonly text: string;
  /** What the user runs next. */
  readonly next: readonly string[];
}

/** What a unit starts, and for whom. */
export interface UnitOptions {
  /** The words of the command, the program's absolute path first. */
  readonly command: readonly string[];
  /** The user's home folder. */
  readonly userHome: string;
  /** Where systemd looks for units of a user. @default ~/.config */
  readonly configHome?: string | undefined;
}

/** The first line of each file that this program has written. */
export const UNIT_MARK = 'Written by `pattern-tracker serve --install-unit`';

/** The unit of systemd for one user. It starts the service again when it fails, ten times in five minutes. */
export function systemdUnit({ command, userHome, configHome }: UnitOptions): UnitFile {
  return {
    path: join(userUnitFolder(userHome, configHome), 'pattern-tracker.service'),
    text: `# ${UNIT_MARK}; written again, it is replaced.
[Unit]
Description=Claude pattern tracker, the service of one person
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${command.map(systemdWord).join(' ')}
TimeoutStopSec=30
Restart=on-failure
RestartSec=2
RestartPreventExitStatus=2
Nice=5
NoNewPrivileges=yes
UMask=0077
MemoryMax=512M

[Install]
WantedBy=default.target
`,
    next: ['systemctl --user daemon-reload', 'systemctl --user enable --now pattern-tracker'],
  };
}

/** The agent of launchd for one user. It starts the service again after a crash, and not after a stop. */
export function launchdAgent({ command, userHome }: UnitOptions): UnitFile {
  const path = join(userHome, 'Library', 'LaunchAgents', `${LABEL}.plist`);
  const log = xmlText(join(userHome, 'Library', 'Logs', 'pattern-tracker-serve.log'));
  const words = command.map((word) => `      <string>${xmlText(word)}</string>`).join('\n');
  return {
    path,
    text: `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${UNIT_MARK}; written again, it is replaced. -->
<plist version="1.0">
  <dict>
    <key>Label</key>
    <string>${LABEL}</string>
    <key>ProgramArguments</key>
    <array>
${words}
    </array>
    <key>RunAtLoad</key>
    <true/>
    <key>KeepAlive</key>
    <dict>
      <key>SuccessfulExit</key>
      <false/>
    </dict>
    <key>ThrottleInterval</key>
    <integer>10</integer>
    <key>ExitTimeOut</key>
    <integer>30</integer>
    <key>ProcessType</key>
    <string>Background</string>
    <key>Umask</key>
    <integer>63</integer>
    <key>StandardOutPath</key>
    <string>${log}</string>
    <key>StandardErrorPath</key>
    <string>${log}</string>
  </dict>
</plist>
`,
    next: [`launchctl bootstrap gui/$(id -u) '${path}'`],
  };
}

// --- internal ---

const LABEL = 'io.github.claude-pattern-tracker.serve';

/** A word as systemd reads it: `%` and `$` stand for something there. */
function systemdWord(word: string): string {
  const safe = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  if (/^[\w@%+=:,./$-]+$/.test(safe)) return safe;
  return `"${safe.replaceAll('\\', '\\\\').replaceAll('"', String.raw`\"`)}"`;
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
