import { VERSION } from '../../base/version.ts';
import { API_PREFIX } from '../http/route.ts';
import { escaped, htmlPage } from './page.ts';

/**
 * The page at `/`: what this service is, where to go from here, and how to send a first event.
 *
 * @param origin the address under which the reader knows the service
 */
export function startPage(origin: string): string {
  const api = `${origin}${API_PREFIX}`;
  const event = {
    event_type: 'pattern_created',
    event_id: 'first-event',
    pattern_id: 'first-pattern',
    pattern_name: 'queue.ts',
    language: 'typescript',
    pattern_data: { code: 'export const limit = 10;' },
  };
  const command = `curl -s ${api}/lineage/track \\
  -H 'Content-Type: application/json' \\
  -d '${JSON.stringify(event)}'`;
  const links = [
    ['docs', 'the API for people'],
    ['openapi.json', 'the API for programs'],
    ['health', 'whether the service can do its work'],
    ['metrics', 'metrics for Prometheus; once a token exists, they need one with the scope admin'],
  ] as const;
  const rows = links.map(
    ([path, what]) => `<tr><td><a href="${path}">/${path}</a></td><td>${what}</td></tr>`,
  );
  return htmlPage(
    `Claude pattern tracker ${escaped(VERSION)}`,
    `<p>This service keeps the code that Claude Code wrote, and what each piece of it came from.
Programs send events to it and ask it questions over HTTP.</p><table>${rows.join('')}</table>
<h2>A first event</h2><pre>${escaped(command)}</pre><p>Ask for it again:</p>
<pre>${escaped(`curl -s ${api}/patterns/first-pattern`)}</pre>
<p>Once a token exists, both need it: <code>-H "Authorization: Bearer $TOKEN"</code>.
<code>pattern-tracker token create --name NAME</code> makes one.</p>
<h2>Claude Code on this or another machine</h2>
<p>Name this address in <code>~/.claude/hooks/config.yaml</code>, and what Claude writes arrives here:</p>
<pre>${escaped(`api:\n  base_url: ${origin}`)}</pre>`,
  );
}
