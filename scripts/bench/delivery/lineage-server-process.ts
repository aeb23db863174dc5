import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bundle } from '../measure/bundle.ts';
import type { Throwaway } from '../measure/throwaway.ts';

/** Starts a server that the courier can deliver to, and returns its URL. */
export async function startLineageServer(
  throwaway: Throwaway,
  manner: 'answers' | 'hangs',
): Promise<string> {
  const program = bundle(throwaway, new URL('./lineage-server.ts', import.meta.url));
  const args = manner === 'hangs' ? [program, 'hang'] : [program];
  const server = throwaway.keep(
    spawn(process.execPath, args, { env: throwaway.env, stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  return `http://127.0.0.1:${port.toString().trim()}`;
}
