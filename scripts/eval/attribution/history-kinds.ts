import { Random } from '../../bench/measure/random.ts';
import { SimulatedHistory } from './simulated-history.ts';
import type { SimulatedEvent } from './simulated-project.ts';
import { Passages } from './source-samples.ts';
import type { SourceSample } from './source-samples.ts';

/** A kind of history: what else happens between Claude's writes and edits. */
export interface HistoryKind {
  readonly name: string;
  /** Something of this kind; most steps are Claude's writes and edits. */
  readonly disturb: (history: SimulatedHistory, random: Random) => void;
  /** The order in which the events arrive. @default as they happened */
  readonly arrival?: (
    events: readonly SimulatedEvent[],
    random: Random,
  ) => readonly SimulatedEvent[];
  readonly sessions?: number;
  readonly withoutOriginal?: boolean;
}

type Act = (history: SimulatedHistory, path: string, random: Random) => void;

/** The kinds that are tried, in the order of the report. */
export const HISTORY_KINDS: readonly HistoryKind[] = [
  { name: 'clean', disturb: () => undefined },
  { name: 'human edits', disturb: onAnyFile((history, path) => history.handEdit(path)) },
  {
    name: 'formatter',
    disturb: onAnyFile((history, path, random) =>
      random.oneOf([() => history.handFormat(path), () => history.shellFormat(path)])(),
    ),
  },
  {
    name: 'checkout',
    disturb: onAnyFile((history, path, random) =>
      random.oneOf([
        () => history.shellCheckout(path),
        () => history.handCheckout(path),
        () => history.commit(),
      ])(),
    ),
  },
  {
    name: 'stash',
    disturb: onAnyFile((history, _path, random) =>
      random.oneOf([
        () => history.commit(),
        () => history.shellStash(() => random.oneOf([() => undefined, () => history.create()])()),
      ])(),
    ),
  },
  {
    name: 'moved in the file',
    disturb: onAnyFile((history, path, random) =>
      random.oneOf([() => history.moveWithin(path), () => history.handMoveWithin(path)])(),
    ),
  },
  {
    name: 'moved across files',
    disturb: onAnyFile((history, path, random) => {
      const target = history.anyPath() ?? path;
      random.oneOf([
        () => history.moveAcross(path, target),
        () => history.handMoveAcross(path, target),
      ])();
    }),
  },
  {
    name: 'renamed by hand',
    disturb: onAnyFile((history, path) => {
      const target = history.handRename(path);
      history.edit(target);
    }),
  },
  { name: 'renamed by a command', disturb: onAnyFile((history, path) => history.shellMove(path)) },
  { name: 'copied by a command', disturb: onAnyFile((history, path) => history.shellCopy(path)) },
  {
    name: 'deletions',
    disturb: onAnyFile((history, path, random) =>
      random.oneOf([
        () => history.remove(path),
        () => history.shellDelete(path),
        () => history.shellRemove(path),
      ])(),
    ),
  },
  {
    name: 'many places',
    disturb: onAnyFile((history, path, random) =>
      random.oneOf([() => history.replaceAll(path), () => history.multiEdit(path)])(),
    ),
  },
  {
    name: 'without the original',
    withoutOriginal: true,
    disturb: onAnyFile((history, path) => history.handEdit(path)),
  },
  {
    name: 'two sessions',
    sessions: 2,
    disturb: onAnyFile((history, path) => history.handEdit(path)),
  },
  {
    name: 'out of order',
    sessions: 2,
    disturb: onAnyFile((history, path) => history.handEdit(path)),
    arrival: secondSessionLate,
  },
];

/** Makes up a history of a kind. */
export function simulate(
  kind: HistoryKind,
  seed: number,
  samples: readonly SourceSample[],
): SimulatedHistory {
  const random = new Random(seed * 2_654_435_761 + 12_345);
  for (let step = 0; step < 8; step += 1) random.between(0, 1);
  const languages = [...new Set(samples.map(({ language }) => language))];
  const language = languages[random.between(0, languages.length - 1)];
  const own = samples.filter((sample) => sample.language === language);
  const history = new SimulatedHistory(
    random,
    new Passages(random, own),
    own[0]?.extension ?? '.txt',
  );
  history.withOriginal = kind.withoutOriginal !== true;
  for (let count = random.between(1, 3); count > 0; count -= 1) history.addFile();
  history.create();
  history.commit();
  while (history.events.length < EVENTS) {
    history.session = `session-${random.between(1, kind.sessions ?? 1)}`;
    const path = history.anyPath();
    if (path === undefined) history.create();
    else if (random.between(0, 9) < 4) kind.disturb(history, random);
    else step(history, path, random);
  }
  return history;
}

// --- internal ---

/** Events of a history. */
const EVENTS = 21;

function step(history: SimulatedHistory, path: string, random: Random): void {
  random.oneOf([
    () => history.edit(path),
    () => history.edit(path),
    () => history.edit(path),
    () => history.edit(path),
    () => history.overwrite(path),
    () => history.shellAppend(path),
    () => (history.files.size < 6 ? history.create() : history.edit(path)),
  ])();
}

function onAnyFile(act: Act): HistoryKind['disturb'] {
  return (history, random) => {
    const path = history.anyPath();
    if (path !== undefined) act(history, path, random);
  };
}

/** What the second session did arrives up to six events late; each session's events stay in order. */
function secondSessionLate(
  events: readonly SimulatedEvent[],
  random: Random,
): readonly SimulatedEvent[] {
  const lag = random.between(1, 6);
  const place = (event: SimulatedEvent, index: number): number =>
    event.payload['session_id'] === 'session-2' ? index + lag + 0.5 : index;
  return events
    .map((event, index) => ({ event, at: place(event, index) }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ event }) => event);
}
