// Deals and their value per stage; each leads to those deals.
import type { Metrics, Stage } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { count, stageWords, stages } from '@/format/words';
import { Link } from '@tanstack/react-router';
import classes from './centre.module.css';
import { Panel } from './Panel';

export function StageFunnel({ metrics }: { metrics: Metrics }) {
  const format = useFormat();
  const most = Math.max(1, ...stages.map((stage) => metrics.stage_distribution[stage]));
  return (
    <Panel title="Stages">
      <ol className={classes.funnel}>
        {stages.map((stage: Stage) => {
          const deals = metrics.stage_distribution[stage];
          const value = metrics.stage_values?.[stage]?.value;
          return (
            <li key={stage}>
              <Link to="/deals" search={{ stage }} className={classes.stage}>
                <span className={classes.stageName}>{stageWords[stage]}</span>
                <span className={classes.stageTrack} aria-hidden>
                  <span className={classes.stageBar} data-stage={stage} style={{ width: `${(deals / most) * 100}%` }} />
                </span>
                <span className={classes.stageCount}>{count(deals, format.number(deals), 'deal')}</span>
                <span className={classes.stageValue}>{value === undefined ? '' : format.money_short(value, metrics.currency)}</span>
              </Link>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}
