// A stage: its word, and a dot of its colour.
import type { Stage } from '@/api/agreed';
import { stageWords } from '@/format/words';
import classes from './ui.module.css';

export function StageDot({ stage }: { stage: Stage }) {
  return <span className={classes.dot} data-stage={stage} aria-hidden />;
}

export function StageBadge({ stage }: { stage: Stage }) {
  return (
    <span className={classes.stage}>
      <StageDot stage={stage} />
      {stageWords[stage]}
    </span>
  );
}
