// Work of some weeks in several projects and languages, told as the hooks would have, with the files on disk as it left them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Telling } from './telling.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** What was done, and where it lies. */
export interface ProjectWork {
  readonly tellings: readonly Telling[];
  /** The roots of the projects. */
  readonly shop: string;
  readonly notes: string;
  readonly infra: string;
  /** A file with a long history, below `shop`. */
  readonly client: string;
  readonly session: string;
}

/** Tells the work, and writes the files below `folder`. @param now milliseconds since 1970 */
export function projectWork(folder: string, now: number): ProjectWork {
  const [shop, notes, infra] = ['shop-api', 'ml-notes', 'infra'].map((name) => {
    const root = join(folder, name);
    mkdirSync(join(root, '.git'), { recursive: true });
    writeFileSync(join(root, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    return root;
  }) as [string, string, string];
  const tellings = [
    firstClient(shop, now - 21 * DAY),
    cart(shop, now - 9 * DAY),
    retries(shop, now - 2 * DAY),
    training(notes, now - 6 * DAY),
    deployment(infra, now - 3 * DAY),
    review(shop, now - 3 * HOUR),
  ];
  const texts = new Map<string, string>();
  for (const telling of tellings) {
    for (const [path, text] of telling.texts()) texts.set(path, text);
  }
  const client = join(shop, 'src/payment/client.ts');
  // A person goes on where Claude ended.
  const edited = (texts.get(client) ?? '')
    .replace('const ATTEMPTS = 5;', '/** As the provider asks for. */\nconst ATTEMPTS = 4;')
    .concat('\n// checked by hand, see the wiki\nexport const CHECKED = true;\n');
  texts.set(client, edited);
  for (const [path, text] of texts) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return { tellings, shop, notes, infra, client, session: SESSIONS.retries };
}

// --- internal ---

const SESSIONS = {
  first: '1f0c3a52-7c1e-4a59-9a43-0d5be7a1c001',
  cart: '2b7de910-55aa-4a0e-8d0a-7d0f9a3be002',
  retries: '3c91aa07-1b8f-4e5d-b6ad-5f1f3e77c003',
  training: '4d02bb18-2c9f-4f6e-87be-6a2a4f88d004',
  deployment: '5e13cc29-3daf-407f-98cf-7b3b5a99e005',
  review: '6f24dd3a-4ebf-4180-a9da-8c4c6baaf006',
};

/** Written by hand, long before. */
const SERVER = `import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { Cart } from './cart/cart.ts';

const port = Number(process.env.PORT ?? 3000);
const carts = new Map<string, Cart>();

function cartOf(id: string): Cart {
  let cart = carts.get(id);
  if (!cart) {
    cart = new Cart();
    carts.set(id, cart);
  }
  return cart;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname === '/health') {
    response.end('ok');
    return;
  }
  if (url.pathname === '/cart') {
    const cart = cartOf(url.searchParams.get('id') ?? '');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ total: cart.total }));
    return;
  }
  response.setHeader('content-type', 'text/html');
  response.end(await readFile('public/index.html'));
});

server.listen(port);
`;

const CLIENT = `import { request } from '../http/request.ts';
import type { Charge, Receipt } from './types.ts';

/** Talks to the payment provider. */
export class PaymentClient {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Charges a card once. */
  async charge(charge: Charge): Promise<Receipt> {
    const response = await request(\`\${this.#url}/charges\`, {
      method: 'POST',
      headers: { authorization: \`Bearer \${this.#key}\` },
      body: JSON.stringify(charge),
    });
    if (!response.ok) {
      throw new Error(\`charge failed: \${response.status}\`);
    }
    return (await response.json()) as Receipt;
  }
}
`;

const TYPES = `/** What is to be paid. */
export interface Charge {
  readonly amount: number;
  readonly currency: 'EUR' | 'USD';
  readonly orderId: string;
}

/** What was paid. */
export interface Receipt {
  readonly id: string;
  readonly charge: Charge;
  readonly paidAt: string;
}
`;

function retryCode(name: string, attempts: number): string {
  return `/** Runs \`work\` again when it fails, with growing pauses. */
export async function ${name}<T>(work: () => Promise<T>, attempts = ${attempts}): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts) throw error;
      await new Promise((done) => setTimeout(done, 100 * 2 ** attempt));
    }
  }
}
`;
}

function firstClient(cwd: string, at: number): Telling {
  return new Telling({ session: SESSIONS.first, cwd, at })
    .start()
    .prompt('write a client for the payment provider, with types')
    .bash('ls src', 30)
    .write('src/payment/types.ts', TYPES)
    .write('src/payment/client.ts', CLIENT)
    .write(
      'src/http/request.ts',
      `/** \`fetch\` with a time limit. */
export async function request(url: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
}
`,
    )
    .bash('npm run typecheck', 6_200)
    .stop()
    .pause(8 * 60_000)
    .prompt('refunds, too')
    .edit(
      'src/payment/client.ts',
      `    return (await response.json()) as Receipt;
  }
`,
      `    return (await response.json()) as Receipt;
  }

  /** Gives back what was paid, in whole. */
  async refund(receiptId: string): Promise<void> {
    const response = await request(\`\${this.#url}/refunds\`, {
      method: 'POST',
      headers: { authorization: \`Bearer \${this.#key}\` },
      body: JSON.stringify({ receiptId }),
    });
    if (!response.ok) {
      throw new Error(\`refund failed: \${response.status}\`);
    }
  }
`,
    )
    .bash(
      'npm test',
      4_100,
      'Exit code 1\n1 failing: refunds a receipt\n  TypeError: request is not a function',
    )
    .bash('npm test -- --run src/payment', 3_900)
    .stop()
    .end();
}

function cart(cwd: string, at: number): Telling {
  return new Telling({ session: SESSIONS.cart, cwd, at })
    .start()
    .prompt('a cart that keeps items in the session, and totals with tax')
    .write(
      'src/cart/cart.ts',
      `import type { Item } from './item.ts';

/** What somebody is about to buy. */
export class Cart {
  readonly #items = new Map<string, Item>();

  add(item: Item): void {
    const known = this.#items.get(item.sku);
    this.#items.set(item.sku, { ...item, count: item.count + (known?.count ?? 0) });
  }

  remove(sku: string): void {
    this.#items.delete(sku);
  }

  get total(): number {
    let total = 0;
    for (const { price, count } of this.#items.values()) total += price * count;
    return total;
  }
}
`,
    )
    .write(
      'src/cart/item.ts',
      `/** A thing that can be bought. */
export interface Item {
  readonly sku: string;
  readonly price: number;
  readonly count: number;
}
`,
    )
    .write('src/cart/tax.ts', taxCode(['EUR', 'USD', 'GBP', 'CHF', 'SEK']))
    .write('src/storage/retry.ts', retryCode('retry', 3))
    .write('README.md', '# shop-api\n\nSells things.\n\n## Run it\n\n```sh\nnpm start\n```\n')
    .write('src/cart/cart.test.ts', testCode())
    .bash('npm test', 5_300)
    .stop()
    .end();
}

function taxCode(currencies: readonly string[]): string {
  const rows = currencies.map((name, index) => `  ${name}: ${(index + 5) / 100},`).join('\n');
  return `/** The share of a price that is tax, by currency. */
export const TAX = {
${rows}
} as const;

/** A price with its tax. */
export function withTax(price: number, currency: keyof typeof TAX): number {
  return Math.round(price * (1 + TAX[currency]) * 100) / 100;
}
`;
}

function testCode(): string {
  const cases = ['adds an item', 'adds up the same item', 'removes an item', 'totals', 'is empty'];
  const blocks = cases.map(
    (name, at) => `  it('${name}', () => {
    const cart = new Cart();
    cart.add({ sku: 'a-${at}', price: ${at + 3}, count: ${at + 1} });
    expect(cart.total).toBe(${(at + 3) * (at + 1)});
  });`,
  );
  return `import { describe, expect, it } from 'vitest';
import { Cart } from './cart.ts';

describe('a cart', () => {
${blocks.join('\n\n')}
});
`;
}

function retries(cwd: string, at: number): Telling {
  const telling = new Telling({ session: SESSIONS.retries, cwd, at });
  telling.know('src/payment/client.ts', clientAfterFirst());
  telling
    .start()
    .prompt(
      'add retries to the payment client and test them; the provider drops every 50th request',
    )
    .read('src/payment/client.ts')
    .edit(
      'src/payment/client.ts',
      `import type { Charge, Receipt } from './types.ts';
`,
      `import type { Charge, Receipt } from './types.ts';

/** So often a request is made. */
const ATTEMPTS = 3;

${retryCode('withRetries', 3)}`,
    )
    .edit(
      'src/payment/client.ts',
      'const response = await request(`${this.#url}/charges`, {',
      'const response = await withRetries(() => request(`${this.#url}/charges`, {',
    )
    .edit(
      'src/payment/client.ts',
      `      body: JSON.stringify(charge),
    });
    if`,
      `      body: JSON.stringify(charge),
    }));
    if`,
    )
    .bash('npm test', 41_000, 'Exit code 1\n1 failing: retries three times\n  expected 3 to be 4')
    .edit(
      'src/payment/client.ts',
      'if (attempt >= attempts) throw error;\n      await new Promise((done) => setTimeout(done, 100 * 2 ** attempt));',
      'if (attempt >= attempts || !isTransient(error)) throw error;\n      await pause(100 * 2 ** attempt);',
    )
    .edit(
      'src/payment/client.ts',
      '/** Talks to the payment provider. */',
      `function isTransient(error: unknown): boolean {
  return error instanceof Error && /ECONNRESET|ETIMEDOUT|503/.test(error.message);
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((done) => setTimeout(done, milliseconds));
}

/** Talks to the payment provider. */`,
    )
    .bash('npm test', 38_000)
    .stop()
    .pause(20 * 60_000)
    .prompt('five attempts')
    .edit('src/payment/client.ts', 'const ATTEMPTS = 3;', 'const ATTEMPTS = 5;')
    .edit('src/payment/client.ts', 'attempts = 3)', 'attempts = ATTEMPTS)')
    .write('src/payment/retry.ts', retryCode('retryPayment', 5))
    .stop()
    .end();
  return telling;
}

function clientAfterFirst(): string {
  const first = firstClient('/unused', 0);
  return first.texts().get('/unused/src/payment/client.ts') ?? '';
}

function training(cwd: string, at: number): Telling {
  return new Telling({ session: SESSIONS.training, cwd, at })
    .start()
    .prompt('train a small classifier on the tickets and plot the confusion matrix')
    .write(
      'notes/train.py',
      `"""Trains a classifier on tickets."""
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix

DATA = Path("data/tickets.csv")


def load(path: Path = DATA) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(path)
    features = frame.drop(columns=["label"]).to_numpy()
    return features, frame["label"].to_numpy()


def train(seed: int = 7) -> LogisticRegression:
    features, labels = load()
    order = np.random.default_rng(seed).permutation(len(labels))
    split = int(len(labels) * 0.8)
    model = LogisticRegression(max_iter=1_000)
    model.fit(features[order[:split]], labels[order[:split]])
    found = model.predict(features[order[split:]])
    print(confusion_matrix(labels[order[split:]], found))
    return model


if __name__ == "__main__":
    train()
`,
    )
    .bash('python notes/train.py', 12_400, 'Exit code 1\nFileNotFoundError: data/tickets.csv')
    .write(
      'notes/clean.py',
      'def clean(text: str) -> str:\n    return " ".join(text.lower().split())\n',
    )
    .stop()
    .end();
}

function deployment(cwd: string, at: number): Telling {
  return new Telling({ session: SESSIONS.deployment, cwd, at })
    .start()
    .prompt('deploy shop-api behind caddy, with a health check')
    .write(
      'deploy/compose.yaml',
      `services:
  shop:
    image: registry.local/shop-api:1.4
    restart: unless-stopped
    healthcheck:
      test: ["CMD", "wget", "-qO-", "http://localhost:3000/health"]
      interval: 10s
  caddy:
    image: caddy:2
    ports: ["443:443"]
`,
    )
    .write(
      'cmd/probe/main.go',
      `package main

import (
	"fmt"
	"net/http"
	"os"
	"time"
)

// main exits with 1 if the service does not answer.
func main() {
	client := http.Client{Timeout: 2 * time.Second}
	response, err := client.Get(os.Args[1])
	if err != nil || response.StatusCode != http.StatusOK {
		fmt.Fprintln(os.Stderr, "not healthy:", err)
		os.Exit(1)
	}
}
`,
    )
    .write(
      'deploy/backup.sh',
      '#!/bin/sh\nset -eu\n\n# Keeps seven days.\nfor file in /var/backups/shop-*.sql.gz; do\n  [ -n "$(find "$file" -mtime +7)" ] && rm -- "$file"\ndone\npg_dump shop | gzip > "/var/backups/shop-$(date +%F).sql.gz"\n',
    )
    .bash('docker compose -f deploy/compose.yaml config', 900)
    .stop()
    .end();
}

function review(cwd: string, at: number): Telling {
  const telling = new Telling({ session: SESSIONS.review, cwd, at });
  telling.know('src/cart/tax.ts', taxCode(['EUR', 'USD', 'GBP', 'CHF', 'SEK']));
  telling.know('src/server.ts', SERVER);
  return telling
    .start()
    .prompt('close the server before the process ends')
    .edit(
      'src/server.ts',
      `server.listen(port);
`,
      `server.listen(port);

process.once('SIGTERM', () => {
  server.close(() => process.exit(0));
});
`,
    )
    .edit('src/server.ts', 'process.exit(0)', 'process.exit(process.exitCode ?? 0)')
    .edit(
      'src/server.ts',
      `process.once('SIGTERM', () => {
`,
      `for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => {
  console.log(\`\${signal}: closing\`);
`,
    )
    .bash('node --test', 800, 'Exit code 1\nError: connect ECONNREFUSED 127.0.0.1:3000')
    .stop()
    .pause(90_000)
    .prompt('tax for Norway and Denmark; and why does the total round twice?')
    .edit('src/cart/tax.ts', '  SEK: 0.09,\n', '  SEK: 0.09,\n  NOK: 0.25,\n  DKK: 0.25,\n')
    .edit(
      'src/cart/tax.ts',
      'return Math.round(price * (1 + TAX[currency]) * 100) / 100;',
      'return roundedCents(price * (1 + TAX[currency]));',
    )
    .edit(
      'src/cart/tax.ts',
      '/** A price with its tax. */',
      `/** Rounds once, at the end, so that cents add up. */
export function roundedCents(price: number): number {
  return Math.round(price * 100) / 100;
}

/** A price with its tax. */`,
    )
    .stop();
}
