// How the open deals stand: their scores in steps of five, in the three bands; each band leads to its deals.
import type { Metrics, Risk } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { count, riskWords } from '@/format/words';
import { Link } from '@tanstack/react-router';
import classes from './centre.module.css';
import { Panel } from './Panel';

const kStep = 5; // points of a bin
// Specification: high below 40, medium 40 to 70, healthy from 70.
const bands: { risk: Risk; from: number; to: number; range: string }[] = [
  { risk: 'high', from: 0, to: 40, range: 'below 40' },
  { risk: 'medium', from: 40, to: 70, range: '40 to 70' },
  { risk: 'low', from: 70, to: 100, range: '70 and up' },
];

export function HealthHistogram({ metrics }: { metrics: Metrics }) {
  const format = useFormat();
  const bins = metrics.health_histogram ?? [];
  const most = Math.max(1, ...bins);
  return (
    <Panel title="Health of open deals">
      <div className={classes.bands}>
        {bands.map(({ risk, from, to, range }) => {
          const deals = metrics.risk_distribution[risk];
          return (
            <Link key={risk} to="/deals" search={{ risk_level: risk, active: true }} className={classes.band} style={{ flexGrow: (to - from) / kStep }}>
              <span className={classes.bins} aria-hidden>
                {bins.slice(from / kStep, to / kStep).map((height, index) => (
                  <span key={index} className={classes.bin} data-risk={risk} data-empty={height === 0 || undefined} title={`${from + index * kStep} to ${from + (index + 1) * kStep}: ${format.number(height)}`} style={{ height: `${(height / most) * 100}%` }} />
                ))}
              </span>
              <span className={classes.bandCount}>{count(deals, format.number(deals), 'deal')}</span>
              <span className={classes.bandName} data-risk={risk}>{riskWords[risk]}</span>
              <span className={classes.bandRange}>{range}</span>
            </Link>
          );
        })}
      </div>
    </Panel>
  );
}
