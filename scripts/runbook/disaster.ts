import type { Section } from './block.ts';
import { library } from './library-script.ts';

const CHAPTER = 'Disaster Recovery Procedures';

/** What to do when more than one part is gone. */
export const DISASTER: readonly Section[] = [
  {
    chapter: CHAPTER,
    title: 'Scenario 1: Complete System Failure',
    about: `Program, configuration and database are gone, and the service is down. What is needed is a backup: \`data/backups/\`, if the folder is left, or a copy
from elsewhere, which \`--backup FILE\` names.`,
    blocks: [
      {
        step: 'Assess Damage',
        fault: 'all gone but the data folder',
        shell: `df -h ~
npx claude-pattern-tracker@latest recover --dry-run`,
        sees: [
          'Filesystem …',
          '✗ no program is in …',
          '✗ no configuration is at …',
          '✗ there is no …/tracker.db',
        ],
        exitCode: 1,
      },
      {
        step: 'Restore from Backup',
        fault: 'all gone but the data folder',
        shell: `npx claude-pattern-tracker@latest recover --yes
pattern-tracker health --probe`,
        sees: [
          '✓ pattern-tracker install --no-test',
          '✓ pattern-tracker config restore …',
          '✓ pattern-tracker restore … --yes',
          '✓ pattern-tracker serve …',
          'It works: the event arrived.',
          'healthy',
        ],
      },
      {
        step: 'Test Pattern Tracking',
        shell: library(`
const tracker = new PatternTracker();

// Test basic functionality
const pattern_id = await tracker.trackPatternCreation({
  code: 'def test(): pass',
  context: { file_path: '/test/recovery_test.py' },
});

if (pattern_id) console.log('✅ Pattern tracking recovered successfully');
else console.log('❌ Pattern tracking still failing');`),
        sees: ['✅ Pattern tracking recovered successfully'],
      },
      {
        step: 'Notify Stakeholders',
        note: '`recover` has noted how it ended, and told those whom `alerts` in config.yaml names. Where `mail` is set up: `pattern-tracker logs --grep Recovered --limit 1 | mail -s "System Recovery Complete" ADDRESS`.',
        shell: 'pattern-tracker logs --grep Recovered --limit 1',
        sees: ['…  info   ✅ [PatternTracker] Recovered  …'],
      },
    ],
    escalate:
      '**Level 2** at once. **Level 3** if there is no backup, or `recover` cannot restore it.',
  },
  {
    chapter: CHAPTER,
    title: 'Scenario 2: Database Corruption',
    about: `Hooks go on. A courier that finds the damage sets the database aside and begins a new one; \`recover\` brings both together. For the database of a service
on PostgreSQL: [backup](PATTERN_TRACKING_RESILIENCE_GUIDE.md#backup-of-postgresql).`,
    blocks: [
      {
        step: 'Identify Corrupted Database',
        fault: 'database corrupted',
        shell: `pattern-tracker logs --level error --limit 50
pattern-tracker verify`,
        sees: ['file   events  …', '`pattern-tracker repair` mends it.'],
        exitCode: 1,
      },
      {
        step: 'Restore Database Backup',
        fault: 'database corrupted',
        note: 'It repairs first, since a backup lacks what was recorded after it. If nothing can be repaired, it goes back to the newest backup and keeps what was recorded since. What it replaces is kept beside the database.',
        shell: 'pattern-tracker recover corruption --yes',
        sees: ['✗ …', '✓ pattern-tracker repair --yes', 'It works: the event arrived.'],
      },
      {
        step: 'Verify Data Integrity',
        shell: `pattern-tracker verify
${library(`
const tracker = new PatternTracker();

// Test pattern query
const patterns = await tracker.queryPatterns({ limit: 10 });
console.log(\`Found \${patterns.length} patterns\`);`)}`,
        sees: ['Found 10 patterns'],
      },
    ],
    escalate:
      '**Level 2** if it happens twice in a month: the disk. **Level 3** if `repair` and `restore` both fail, with the file that was set aside.',
  },
  {
    chapter: CHAPTER,
    title: 'Scenario 3: Network Partition',
    about:
      'The service is well, and nothing comes back from it. All that is captured waits, in order, on the machine that captured it.',
    blocks: [
      {
        step: 'Diagnose Network Issue',
        fault: 'network cut',
        shell: `pattern-tracker health --probe
pattern-tracker recover partition --dry-run`,
        sees: ['degraded', '✗ the server at http://… is not well: … has not answered within …'],
        exitCode: 1,
      },
      {
        step: 'Restore Network Connectivity',
        note: 'Mending the network is for those who run it. Once it is mended, this sends what has waited.',
        shell: 'pattern-tracker recover partition --yes',
        sees: [
          '✓ pattern-tracker flush --sink http',
          '✓ Delivery   acknowledged by the server, after …',
          'It works: the event arrived.',
        ],
      },
      {
        step: 'Test Service Communication',
        shell: `pattern-tracker health --probe
${library(`
const tracker = new PatternTracker();
const health = tracker.getHealthSummary();
console.log('Status:', health.status);`)}`,
        sees: ['healthy', 'Status: healthy'],
      },
    ],
    escalate:
      '**Level 2** at once: whoever runs the network. Nothing is lost for as long as the disk has room: `check` says how long the oldest event has waited.',
  },
  {
    chapter: 'Appendix',
    title: 'Useful Commands',
    about: '',
    blocks: [
      {
        step: '',
        shell: `pattern-tracker status
pattern-tracker logs
pattern-tracker recover partition --restart --yes
pattern-tracker check
df -h ~
pattern-tracker health --probe
pattern-tracker alerts --all
${library('console.log(new PatternTracker().getHealthSummary());')}`,
        sees: [
          'Recording   on, …',
          'It works: the event arrived.',
          '✓  Service        answers at http://…',
          'Filesystem …',
          'healthy',
        ],
      },
    ],
    escalate: '',
  },
];
