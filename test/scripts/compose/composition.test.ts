import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { trialFile } from '../../../scripts/compose/composition.ts';
import { deployText } from '../../deploy/deploy-files.ts';

const text = deployText('compose.yaml');
const whole = parse(text, { merge: true }) as ReturnType<typeof trialFile>;
const tried = trialFile(text);

describe('what the trial starts of compose.yaml', () => {
  it('is every service but Grafana', () => {
    expect([...Object.keys(tried.services), 'grafana']).toEqual(Object.keys(whole.services));
  });

  it('has each service as it is, but for the build and the lines for a newer Caddy', () => {
    for (const [name, service] of Object.entries(tried.services)) {
      const { build: _, volumes, ...rest } = whole.services[name] ?? { image: '' };
      expect(service, name).toMatchObject(rest);
      expect(service, name).not.toHaveProperty('build');
      const left = (volumes ?? []).filter((volume) => !service.volumes?.includes(volume));
      expect(left, name).toEqual(
        name === 'proxy' ? ['./caddy/since-2.11:/etc/caddy/since-2.11:ro'] : [],
      );
    }
  });
});
