// What somebody may have put into code, names and prompts to do harm to whoever looks at them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Telling } from './telling.ts';

const ATTACK = '<script>window.pwned = 1</script><img src=x onerror="window.pwned = 2">';

export const HOSTILE = {
  /** All of it holds this word. */
  word: 'sleeperword',
  /** Marks of direction, and a sequence that clears a terminal. */
  text: `${ATTACK} \u202eevil\u202c \u001b[2J sleeperword`,
  /** A line of a megabyte. */
  line: `const sleeperword = "${'x'.repeat(1_000_000)}";`,
  session: '7a35ee4b-5fc0-4291-8beb-9d5d7cbb0007',
  file: 'src/<b>sleeperword</b>\u202e.ts',
  longFile: `src/${'sleeperword-'.repeat(20)}.ts`,
} as const;

const LONG = `${HOSTILE.line}\nexport const third = 3;\nexport const fourth = 4;\n`;

/** A session with hostile code, names and prompts. The files are not on the disk any more, but the long one. */
export function hostileWork(folder: string, at: number): Telling {
  mkdirSync(join(folder, 'hostile/src'), { recursive: true });
  writeFileSync(join(folder, 'hostile/src/long.ts'), LONG);
  return new Telling({ session: HOSTILE.session, cwd: join(folder, 'hostile'), at })
    .start()
    .prompt(`${HOSTILE.text} ${'very long '.repeat(1_000)}`)
    .write(HOSTILE.file, `// ${HOSTILE.text}\nexport const first = 1;\nexport const second = 2;\n`)
    .write('src/long.ts', LONG)
    .write(HOSTILE.longFile, 'export const fifth = 5;\nexport const sixth = 6;\nexport {};\n')
    .bash(`echo '${HOSTILE.text}'`, 20, `failed: ${HOSTILE.text}`)
    .stop();
}
