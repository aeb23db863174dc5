import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OWN_RULES } from '../../lib/alerts/alert-rules.ts';
import { changeAlertState, judgedNow } from '../../lib/alerts/alert-watch.ts';
import { readAlertState, NO_ALERTS } from '../../lib/alerts/alert-state.ts';
import { shownAlerts } from '../../lib/alerts/shown-alerts.ts';
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { HOUR, MINUTE, WatchedHome } from './watched-home.ts';

let home: WatchedHome;
beforeEach(() => {
  home = new WatchedHome();
});
afterEach(() => home.remove());

/** An outage that goes on: the server is tried each minute, and refuses. */
const outage = () => {
  if (home.delivery.outbox.pass().next({ now: home.now, after: 0, rows: 1, bytes: 1 }).length === 0)
    home.queue();
  home.request(false);
};

describe('an alert', () => {
  it('is pending while it was not seen for long enough, and is told once when it was', async () => {
    await home.look();
    await home.lookEachMinute(2, outage);
    expect(home.alerts).toEqual({ api_down: 'pending' });
    expect(home.told).toEqual([]);
    await home.lookEachMinute(10, outage);
    expect(home.alerts).toMatchObject({ api_down: 'firing' });
    expect(home.news.filter((news) => news.startsWith('api_down'))).toEqual(['api_down firing']);
  });

  it('is told once when it is over, and not at all if it never fired', async () => {
    await home.look();
    await home.lookEachMinute(1, outage);
    home.request(true);
    await home.lookEachMinute(3);
    expect([home.alerts, home.told]).toEqual([{}, []]);

    await home.lookEachMinute(4, outage);
    home.delivery.breaker.reset();
    home.request(true);
    await home.lookEachMinute(3);
    expect(home.news).toEqual(['api_down firing', 'api_down resolved']);
    expect(home.alerts).toEqual({ api_down: 'resolved' });
  });

  it('counts no time in which nobody looked, such as that in which a laptop was shut', async () => {
    await home.look();
    await home.lookEachMinute(2, outage);
    home.now += 14 * HOUR;
    await home.look();
    expect(home.told).toEqual([]);
    home.delivery.breaker.reset();
    home.request(true);
    await home.lookEachMinute(2);
    expect(home.told).toEqual([]);
  });

  it('is not told while its rule is silenced, and then is if it still fires', async () => {
    await home.look();
    changeAlertState(home.paths, (state) => ({
      ...state,
      silences: { api_down: home.now + 30 * MINUTE },
    }));
    await home.lookEachMinute(20, outage);
    expect(home.news).not.toContain('api_down firing');
    const { paths, now } = home;
    expect(shownAlerts(judgedNow(home.sources), { paths, now })[0]).toMatchObject({
      rule: 'api_down',
      state: 'silenced',
    });
    expect(home.told).toEqual([]);
    await home.lookEachMinute(15, outage);
    expect(home.news.filter((news) => news === 'api_down firing')).toHaveLength(1);
  });

  it('that began and ended in silence is told of neither', async () => {
    await home.look();
    changeAlertState(home.paths, (state) => ({
      ...state,
      silences: { api_down: home.now + HOUR },
    }));
    await home.lookEachMinute(20, outage);
    home.delivery.breaker.reset();
    home.request(true);
    await home.lookEachMinute(120);
    expect(home.news.filter((news) => news.startsWith('api_down'))).toEqual([]);
  });

  it('stays as it is while it cannot be judged', async () => {
    await home.look();
    await home.lookEachMinute(5, outage);
    home.database.close();
    writeFileSync(home.paths.database, 'this is no database');
    await home.lookEachMinute(3);
    expect(home.alerts).toMatchObject({ api_down: 'firing', store_unusable: 'firing' });
    expect(home.news).toEqual(['api_down firing', 'store_unusable firing']);
  });
});

describe('the state', () => {
  it('that is broken or of another version counts as none, and so does what is no state in it', () => {
    for (const text of ['', '{', '[]', '{"version":2,"alerts":{}}']) {
      writeFileSync(home.paths.alerts, text);
      expect(readAlertState(home.paths), text).toEqual(NO_ALERTS);
    }
    writeFileSync(
      home.paths.alerts,
      JSON.stringify({ version: 1, alerts: { disk: { state: 'odd' }, api_down: 3 }, silences: [] }),
    );
    expect(readAlertState(home.paths)).toEqual(NO_ALERTS);
  });

  it('that cannot be written does not have people told each minute', async () => {
    await home.look();
    rmSync(home.paths.alerts);
    mkdirSync(home.paths.alerts); // nothing can be renamed to it
    writeFileSync(`${home.paths.alerts}/full`, '');
    chmodSync(home.paths.alerts, 0o500);
    for (let minute = 0; minute < 6; minute += 1) {
      home.now += MINUTE;
      outage();
      await home.look().catch(() => {});
    }
    chmodSync(home.paths.alerts, 0o700);
    expect(home.news).toEqual(['api_down firing']);
  });
});

describe('the rules', () => {
  it('are told apart by their ids, and say what to do', () => {
    expect(OWN_RULES.length).toBeGreaterThan(10);
    expect(new Set(OWN_RULES.map(({ id }) => id)).size).toBe(OWN_RULES.length);
    for (const rule of OWN_RULES) {
      expect(rule.id).toMatch(/^[a-z]+(?:_[a-z]+)*$/);
      expect(rule.action, rule.id).toMatch(/\w+ \w+/);
      expect(rule.section, rule.id).toMatch(/^[a-z0-9-]+$/);
    }
  });

  it('have each level of the runbook', () => {
    expect(new Set(OWN_RULES.map(({ level }) => level))).toEqual(
      new Set(['critical', 'high', 'medium', 'low']),
    );
  });
});
