// What others make of our OpenAPI document: Redocly's and Spectral's rules, where their packages are installed.
import { describe, expect, it } from 'vitest';
import { installedCheckers } from '../../support/installed-checkers.ts';
import { openFixture } from '../service-fixture.ts';

interface Redocly {
  createConfig(config: { extends: string[] }): Promise<unknown>;
  lintFromString(given: {
    source: string;
    absoluteRef: string;
    config: unknown;
  }): Promise<{ severity: string; ruleId: string; location: { pointer?: string }[] }[]>;
}

interface Spectral {
  Spectral: new () => {
    setRuleset(rules: unknown): void;
    run(document: unknown): Promise<{ severity: number; code: string; path: string[] }[]>;
  };
  Ruleset: new (rules: { extends: unknown[] }) => unknown;
}

const redocly = await installedCheckers<[Redocly]>('@redocly/openapi-core');
const spectral = await installedCheckers<[{ default: Spectral }, { default: { oas: unknown } }]>(
  '@stoplight/spectral-core',
  '@stoplight/spectral-rulesets',
);

describe('the OpenAPI document', () => {
  it.skipIf(!redocly)('has nothing that Redocly objects to', async () => {
    const [linter] = redocly!;
    const { body } = await openFixture().get('/openapi.json');
    const found = await linter.lintFromString({
      source: JSON.stringify(body),
      absoluteRef: 'openapi.json',
      config: await linter.createConfig({ extends: ['recommended'] }),
    });
    expect(found.map(({ ruleId, location }) => `${ruleId} ${location[0]?.pointer}`)).toEqual([]);
  });

  it.skipIf(!spectral)('has nothing that Spectral objects to', async () => {
    const [{ default: core }, { default: rules }] = spectral!;
    const linter = new core.Spectral();
    linter.setRuleset(new core.Ruleset({ extends: [rules.oas] }));
    const { body } = await openFixture().get('/openapi.json');
    const found = await linter.run(body);
    expect(found.map(({ code, path }) => `${code} ${path.join('.')}`)).toEqual([]);
  });
});
