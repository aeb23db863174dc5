// A real browser for tests: Debian's Chromium, or the one that CHROMIUM names.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export type { Browser, Page };

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** False where there is no browser: tests in it are skipped, with a word. */
export const hasBrowser = existsSync(PROGRAM);
if (!hasBrowser) console.warn(`no browser at ${PROGRAM}: set CHROMIUM to try the dashboard in one`);

/** Starts the browser. Whoever starts it closes it. */
export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({
    executablePath: PROGRAM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'], // as root, and in a container
  });
}

/** A page that notes all that is wrong: what the policy forbids, errors of scripts, messages of faults. */
export class WatchedPage {
  readonly page: Page;
  readonly faults: string[];

  private constructor(page: Page, faults: string[]) {
    this.page = page;
    this.faults = faults;
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<WatchedPage> {
    const watched = await WatchedPage.openPlain(browser, url, options);
    await watched.ready();
    return watched;
  }

  /** The same for a page without a client, which is ready when it is loaded. */
  static async openPlain(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
  ): Promise<WatchedPage> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('requestfailed', (request) => {
      const why = request.failure()?.errorText ?? '';
      if (!why.includes('ERR_ABORTED')) faults.push(`request: ${request.url()} ${why}`);
    });
    await page.exposeFunction('noteViolation', (text: string) => faults.push(`policy: ${text}`));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (event) => {
        const { noteViolation } = window as unknown as { noteViolation: (text: string) => void };
        noteViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ''}`);
      });
    });
    await page.goto(url);
    return new WatchedPage(page, faults);
  }

  /** Waits until the client has taken over. */
  async ready(): Promise<void> {
    await this.page.locator('html[data-ready]').waitFor({ state: 'attached' });
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
    await this.ready();
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}
