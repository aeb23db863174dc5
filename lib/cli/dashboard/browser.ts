import { spawn } from 'node:child_process';
import type { CliEnvironment } from '../environment.ts';

/** Opens a URL in the user's browser, if somebody sits at this machine. Nothing comes of it where there is none. */
export function openInBrowser(
  url: string,
  { env, isTTY }: Pick<CliEnvironment, 'env' | 'isTTY'>,
): void {
  const isRemote = env['SSH_CONNECTION'] !== undefined;
  if (!isTTY || isRemote) return;
  const command = OPENERS[process.platform];
  const hasScreen = env['DISPLAY'] !== undefined || env['WAYLAND_DISPLAY'] !== undefined;
  if (!command || (process.platform === 'linux' && !hasScreen)) return;
  const [program = '', ...args] = command;
  const child = spawn(program, [...args, url], { detached: true, stdio: 'ignore' });
  child.on('error', () => {}); // the URL is printed, too
  child.unref();
}

// --- internal ---

const OPENERS: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['xdg-open'],
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};
