import { join } from 'node:path';
import { parseTree } from 'jsonc-parser';
import type { Node } from 'jsonc-parser';
import { InvariantError } from '../base/errors.ts';
import {
  append,
  jsonLayout,
  member,
  PARSE_OPTIONS,
  remove,
  replace,
} from './settings/json-edit.ts';
import { readSettings, writeSettings } from './settings/settings-file.ts';
import { parseSettings } from './settings/settings-text.ts';

/** The name under which Claude Code knows our MCP server. */
export const MCP_SERVER_NAME = 'pattern-tracker';

/** Where the registration is, and of which installation. */
export interface McpPlace {
  /** Claude Code's own folder, absolute. */
  readonly claudeFolder: string;
  readonly userHome: string | undefined;
  /** The installation's folder. */
  readonly home: string;
}

/** What becomes of the registration. Planning only reads. */
export interface McpChange {
  /** Claude Code's file for servers of all projects; it has much else in it. */
  readonly file: string;
  readonly current: string | null;
  readonly next: string | null;
  /** `taken`: another server has our name, and is left alone. */
  readonly state: 'registered' | 'absent' | 'taken';
}

/**
 * Plans to register our MCP server for all projects of the user, as `claude mcp add --scope user` does.
 *
 * @param wanted true adds it, false removes it
 * @param node the Node.js that runs it
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE
 */
export function planMcp(wanted: boolean, node: string, place: McpPlace): McpChange {
  const file = mcpFile(place);
  const current = readSettings(file, MAX_BYTES);
  const { root } = parseSettings(current ?? '', file);
  const server = member(member(root, 'mcpServers'), MCP_SERVER_NAME);
  const program = programOf(place);
  const state = !server ? 'absent' : argsOf(server).includes(program) ? 'registered' : 'taken';
  const unchanged = { file, current, next: current, state } as const;
  if (state === 'taken') return unchanged;
  if (wanted) {
    const value = { type: 'stdio', command: node, args: [program, 'mcp'], env: {} };
    return { file, current, next: withServer(current ?? '', value), state: 'registered' };
  }
  if (state === 'absent') return unchanged;
  return { file, current, next: withoutServer(current ?? ''), state: 'absent' };
}

/** Writes what was planned. @throws TrackerError E_SETTINGS_UNWRITABLE */
export function applyMcp({ file, current, next }: McpChange): void {
  if (current !== next) writeSettings(file, next);
}

// --- internal ---

/** Claude Code keeps much in that file, such as what was typed in each project. */
const MAX_BYTES = 32 * 1024 * 1024;

/** In the user's home, unless Claude Code's folder was moved: then in that. */
function mcpFile({ claudeFolder, userHome }: McpPlace): string {
  const isUsual = userHome !== undefined && claudeFolder === join(userHome, '.claude');
  return join(isUsual ? userHome : claudeFolder, '.claude.json');
}

function programOf({ home }: McpPlace): string {
  return join(home, 'dist', 'cli.mjs');
}

function argsOf(server: Node): unknown[] {
  return member(server, 'args')?.children?.map(({ value }) => value as unknown) ?? [];
}

function withServer(text: string, value: Readonly<Record<string, unknown>>): string {
  const whole = text.trim() === '' ? '{}\n' : text;
  const layout = jsonLayout(whole);
  const root = rootOf(whole);
  const servers = member(root, 'mcpServers');
  const entry = value as never;
  if (!servers) return append(whole, root, 'mcpServers', { [MCP_SERVER_NAME]: entry }, layout);
  const server = member(servers, MCP_SERVER_NAME);
  if (!server) return append(whole, servers, MCP_SERVER_NAME, entry, layout);
  const isEqual = JSON.stringify(valueOf(whole, server)) === JSON.stringify(value);
  return isEqual ? whole : replace(whole, server, entry, layout);
}

/** Without the server, and without the list if it was the only one; null if nothing else is left. */
function withoutServer(text: string): string | null {
  const root = rootOf(text);
  const servers = member(root, 'mcpServers');
  const server = member(servers, MCP_SERVER_NAME);
  if (!servers || !server?.parent || !servers.parent) return text;
  const isOnly = servers.children?.length === 1;
  const left = isOnly ? remove(text, root, servers.parent) : remove(text, servers, server.parent);
  return isOnly && root.children?.length === 1 ? null : left;
}

function rootOf(text: string): Node {
  const root = parseTree(text, [], PARSE_OPTIONS);
  if (root) return root;
  throw new InvariantError('expected a text that was parsed before');
}

function valueOf(text: string, node: Node): unknown {
  return JSON.parse(text.slice(node.offset, node.offset + node.length));
}
