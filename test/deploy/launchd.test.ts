import { describe, expect, it } from 'vitest';
import { deployFiles, deployText } from './deploy-files.ts';

type Value = string | number | boolean | Value[] | { [key: string]: Value };

/** Reads a property list as far as ours go; throws for what is none. */
function parsePlist(text: string): Value {
  const body = text
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replace(/^<\?xml [^>]*\?>\s*<!DOCTYPE plist [^>]*>\s*/, '');
  const tokens = [...body.matchAll(/<(\/?)(\w+)[^>]*?(\/?)>|([^<\s][^<]*)/g)];
  let at = 0;
  const next = () => {
    const token = tokens[at];
    if (!token) throw new Error('it ends too early');
    at += 1;
    return { isEnd: token[1] === '/', tag: token[2], isEmpty: token[3] === '/', text: token[4] };
  };
  const close = (tag: string) => {
    const { isEnd, tag: found } = next();
    if (!isEnd || found !== tag) throw new Error(`</${tag}> is missing`);
  };
  const content = (tag: string) => {
    const { text: found } = next();
    if (found === undefined) throw new Error(`<${tag}> is empty`);
    close(tag);
    return found;
  };
  const isClosing = () => tokens[at]?.[1] === '/';
  const value = (): Value => {
    const { tag = '', isEmpty, isEnd } = next();
    if (isEnd) throw new Error(`</${tag}> is out of place`);
    if (isEmpty && (tag === 'true' || tag === 'false')) return tag === 'true';
    if (tag === 'string') return content(tag);
    if (tag === 'integer') return Number(content(tag));
    if (tag === 'array') {
      const list: Value[] = [];
      while (!isClosing()) list.push(value());
      close(tag);
      return list;
    }
    if (tag === 'dict') {
      const entries: { [key: string]: Value } = {};
      while (!isClosing()) {
        if (next().tag !== 'key') throw new Error('a <key> is missing');
        entries[content('key')] = value();
      }
      close(tag);
      return entries;
    }
    throw new Error(`<${tag}> is unknown`);
  };
  if (next().tag !== 'plist') throw new Error('it is no property list');
  const found = value();
  close('plist');
  if (at !== tokens.length) throw new Error('something follows its end');
  return found;
}

describe('the launchd agent', () => {
  const [path = ''] = deployFiles('launchd');
  const agent = parsePlist(deployText(path)) as { [key: string]: Value };

  it('is named as its file', () => {
    expect(agent['Label']).toBe(path.slice('launchd/'.length, -'.plist'.length));
  });

  it('serves on loopback, again after a crash, with time to stop', () => {
    const command = agent['ProgramArguments'] as string[];
    expect(command.slice(1).join(' ')).toBe('serve --host 127.0.0.1 --port 8053');
    expect(command[0]).toBe('HOME_FOLDER/.local/bin/pattern-tracker');
    expect(agent['KeepAlive']).toEqual({ SuccessfulExit: false });
    expect(agent['ExitTimeOut']).toBeGreaterThan(25);
    expect(agent['Umask']).toBe(0o077);
  });

  it('has the place of the home folder filled in by the command it tells of', () => {
    expect(deployText(path)).toContain('sed "s|HOME_FOLDER|$HOME|"');
    // sed without g: once a line.
    for (const line of deployText(path).split('\n')) {
      expect(line.split('HOME_FOLDER').length).toBeLessThanOrEqual(2);
    }
  });
});

describe('a property list that is wrong', () => {
  it.each([
    ['<plist><dict><key>a</key></dict></plist>', 'out of place'],
    ['<plist><dict><key>a</key><string>b</string></plist>', '</dict> is missing'],
    ['<plist><dict><string>b</string></dict></plist>', 'a <key> is missing'],
    ['<plist><array><real>1</real></array></plist>', '<real> is unknown'],
    ['<plist><true/>', 'ends too early'],
  ])('is told of: %s', (text, message) => {
    expect(() => parsePlist(text)).toThrow(message);
  });
});
