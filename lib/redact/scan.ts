/** Finds any number of words in a text in one pass. */
export interface TriggerScanner {
  /**
   * Calls `onHit` for each occurrence of each word, with the word's index and where it begins. Stops
   * when `onHit` returns false, and returns where it stopped.
   */
  scan(text: string, onHit: (word: number, at: number) => boolean): number;
}

/**
 * Builds an Aho-Corasick automaton of `words`, which costs one table look-up per character however many
 * words there are.
 *
 * A word with a capital letter is matched exactly, a word in lower case in any case.
 */
export function createTriggerScanner(words: readonly string[]): TriggerScanner {
  const { classes, table, hits, firstHit, width } = buildAutomaton(words);
  const exact = words.map((word) => word !== word.toLowerCase());
  return {
    scan(text, onHit) {
      let state = 0;
      for (let i = 0; i < text.length; i += 1) {
        state = table[state + (classes[text.charCodeAt(i)] as number)] as number;
        if (state < firstHit) continue;
        for (const word of hits[state / width] ?? []) {
          const at = i + 1 - (words[word]?.length ?? 0);
          const isHit = !exact[word] || text.startsWith(words[word] ?? '', at);
          if (isHit && !onHit(word, at)) return i + 1;
        }
      }
      return text.length;
    },
  };
}

// --- internal ---

interface Automaton {
  /** The class of each UTF-16 unit. All units that no word contains are of class 0. */
  readonly classes: Uint8Array;
  /** The number of classes. */
  readonly width: number;
  /** The next state, by state + class. A state is an offset into this table: its number times `width`. */
  readonly table: Uint32Array;
  /** The words that end in a state, by the state's number. */
  readonly hits: readonly (readonly number[])[];
  /** States from this one on end a word, so that one comparison tells. */
  readonly firstHit: number;
}

interface Node {
  readonly children: Map<number, Node>;
  words: number[];
  fail: Node | undefined;
  id: number;
}

function buildAutomaton(words: readonly string[]): Automaton {
  const { classes, width } = classify(words);
  const root = newNode();
  for (const [index, word] of words.entries()) {
    let node = root;
    for (let i = 0; i < word.length; i += 1) {
      const unit = classes[word.charCodeAt(i)] as number;
      let child = node.children.get(unit);
      if (child === undefined) node.children.set(unit, (child = newNode()));
      node = child;
    }
    node.words.push(index);
  }
  const nodes = linkFailures(root);
  const ordered = nodes.toSorted((a, b) => Number(a.words.length > 0) - Number(b.words.length > 0));
  for (const [id, node] of ordered.entries()) node.id = id; // stable: root stays first
  const table = new Uint32Array(nodes.length * width);
  // Breadth first, so that the row of a node's failure is complete when it is copied.
  for (const { id, fail, children } of nodes) {
    if (fail !== undefined) {
      table.copyWithin(id * width, fail.id * width, (fail.id + 1) * width);
    }
    for (const [unit, child] of children) table[id * width + unit] = child.id * width;
  }
  const firstHit = ordered.findIndex((node) => node.words.length > 0);
  return {
    classes,
    width,
    table,
    hits: ordered.map((node) => node.words),
    firstHit: (firstHit === -1 ? nodes.length : firstHit) * width,
  };
}

/** Gives each unit of the words a class of its own, which both cases of a letter share. */
function classify(words: readonly string[]): Pick<Automaton, 'classes' | 'width'> {
  const classes = new Uint8Array(2 ** 16);
  let width = 1;
  for (const char of new Set(words.join('').toLowerCase().split(''))) {
    classes[char.charCodeAt(0)] = width;
    const upper = char.toUpperCase();
    if (upper.length === 1) classes[upper.charCodeAt(0)] = width;
    width += 1;
  }
  return { classes, width };
}

function newNode(): Node {
  return { children: new Map(), words: [], fail: undefined, id: 0 };
}

/** Returns all nodes, breadth first, each linked to the longest proper suffix that is also a node. */
function linkFailures(root: Node): Node[] {
  const nodes = [root];
  for (const node of nodes) {
    for (const [unit, child] of node.children) {
      child.fail = node === root ? root : step(node.fail ?? root, unit, root);
      child.words = [...child.words, ...child.fail.words];
      nodes.push(child);
    }
  }
  return nodes;
}

function step(from: Node, unit: number, root: Node): Node {
  for (let node: Node | undefined = from; node !== undefined; node = node.fail) {
    const child = node.children.get(unit);
    if (child !== undefined) return child;
  }
  return root;
}
