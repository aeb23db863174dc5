import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Lineage, LineageNode } from '../../../store/queries/lineage.ts';
import { Plain, shortText } from '../../parts/plain.tsx';
import { patternLink } from '../../parts/recorded/links.ts';
import { Ago } from '../../parts/time.tsx';
import { BOX, lineageGraph, neighbour } from './lineage-layout.ts';
import type { PlacedNode } from './lineage-layout.ts';

/** Where a pattern came from and what came from it: a graph to walk with arrow keys, and the same as a list. */
export function LineageView({
  subject,
  lineage,
  heads,
}: {
  readonly subject: { readonly id: string; readonly name: string; readonly generation: number };
  readonly lineage: Lineage;
  /** The beginnings of their code, by their ids. */
  readonly heads: Readonly<Record<string, string>>;
}) {
  const graph = useMemo(() => lineageGraph(subject, lineage), [subject, lineage]);
  const [at, setAt] = useState(subject.id);
  const room = useRef<HTMLDivElement>(null);
  useEffect(() => {
    setAt(subject.id);
    const place = graph.nodes.find(({ isSubject }) => isSubject);
    const { current } = room;
    if (!place || !current) return;
    current.scrollLeft = place.x - (current.clientWidth - BOX.width) / 2;
  }, [subject.id]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(graph.nodes, at, event.key);
    if (!event.key.startsWith('Arrow') || !next) return;
    event.preventDefault();
    setAt(next.id);
    room.current?.querySelector<SVGAElement>(`[data-node="${next.id}"]`)?.focus();
  };
  return (
    <>
      <div class="lineage" ref={room} onKeyDown={onKeyDown}>
        <svg
          width={graph.width}
          height={graph.height}
          viewBox={`0 0 ${graph.width} ${graph.height}`}
          role="group"
          aria-label="Lineage: parents on the left, children on the right; arrow keys walk"
        >
          {graph.edges.map(({ from, to, path }) => (
            <path class="lineage-edge" d={path} key={`${from} ${to}`} />
          ))}
          {graph.nodes.map((node) => (
            <Node
              node={node}
              head={heads[node.id]}
              isAt={node.id === at}
              onFocus={() => setAt(node.id)}
              key={node.id}
            />
          ))}
          {graph.rests.map(({ count, x, y }) => (
            <text class="lineage-rest" x={x + 12} y={y + 28} key={`${x}`}>
              … and {count} more
            </text>
          ))}
        </svg>
      </div>
      <details class="lineage-list">
        <summary>As a list</summary>
        <div class="lineage-lists">
          <NodeList title="It came from" nodes={lineage.ancestors} />
          <NodeList title="Came from it" nodes={lineage.descendants} />
        </div>
        {lineage.isCut && <p class="dim">It goes on beyond what is read.</p>}
      </details>
    </>
  );
}

// --- internal ---

function Node({
  node,
  head,
  isAt,
  onFocus,
}: {
  readonly node: PlacedNode;
  readonly head: string | undefined;
  readonly isAt: boolean;
  readonly onFocus: () => void;
}) {
  const { id, name, generation, edgeType, x, y, isSubject } = node;
  const line = head?.split(/[\r\n]/, 1)[0] ?? name ?? 'not stored';
  const title = shortText(line, 22);
  const facts = `gen ${generation ?? '?'} · ${shortText(name ?? '', 14)}`;
  const way = edgeType === null || isSubject ? '' : `, ${edgeType.replaceAll('_', ' ')}`;
  return (
    <a
      class={isSubject ? 'lineage-node is-subject' : 'lineage-node'}
      href={patternLink(id)}
      tabIndex={isAt ? 0 : -1}
      data-node={id}
      aria-label={`${isSubject ? 'This pattern: ' : ''}${title}, ${facts}${way}`}
      {...(isSubject && { 'aria-current': 'true' as const })}
      onFocus={onFocus}
    >
      <rect x={x} y={y} width={BOX.width} height={BOX.height} rx="6" />
      <text x={x + 12} y={y + 20}>
        {title}
      </text>
      <text class="lineage-facts" x={x + 12} y={y + 37}>
        {facts}
      </text>
    </a>
  );
}

function NodeList({
  title,
  nodes,
}: {
  readonly title: string;
  readonly nodes: readonly LineageNode[];
}) {
  return (
    <div>
      <h3>
        {title} <span class="num dim">{nodes.length}</span>
      </h3>
      <ul>
        {nodes.map(({ id, name, generation, edgeType, depth, lastSeenAt }) => (
          <li key={id}>
            <a class="num" href={patternLink(id)}>
              {id.slice(0, 8)}
            </a>{' '}
            <Plain text={(name ?? 'not stored').slice(0, 80)} />{' '}
            <span class="dim">
              {edgeType.replaceAll('_', ' ')}, gen {generation ?? '?'}, {depth}{' '}
              {depth === 1 ? 'step' : 'steps'}
              {lastSeenAt !== null && (
                <>
                  , <Ago at={lastSeenAt} />
                </>
              )}
            </span>
          </li>
        ))}
        {nodes.length === 0 && <li class="dim">none</li>}
      </ul>
    </div>
  );
}
