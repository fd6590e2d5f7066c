// How a deal stands, in a word and a shape, so that colour is never the only sign.
import { riskWords } from '@/format/words';
import type { Risk } from '@/api/agreed';
import { Badge } from '@mantine/core';
import IconAlertTriangle from '@tabler/icons-react/dist/esm/icons/IconAlertTriangle.mjs';
import IconCircleCheck from '@tabler/icons-react/dist/esm/icons/IconCircleCheck.mjs';
import IconEye from '@tabler/icons-react/dist/esm/icons/IconEye.mjs';
import classes from './ui.module.css';

const shapes = { high: IconAlertTriangle, medium: IconEye, low: IconCircleCheck };

// Not for a deal that is decided: it is in no danger any more.
export function RiskBadge({ risk }: { risk: Risk }) {
  const Shape = shapes[risk];
  return (
    <Badge className={classes.risk} data-risk={risk} variant="default" size="md" tt="none" fw={600} leftSection={<Shape size={13} aria-hidden />}>
      {riskWords[risk]}
    </Badge>
  );
}
