// The largest open deals in danger, and why, without a click.
import type { ShownDeal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { stageWords } from '@/format/words';
import { useLiveEvents } from '@/live/live';
import { EmptyState } from '@/ui/EmptyState';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { HealthScore } from '@/ui/HealthScore';
import { TextLink } from '@/ui/links';
import { ListSkeleton } from '@/ui/Skeletons';
import { Text } from '@mantine/core';
import IconArrowRight from '@tabler/icons-react/dist/esm/icons/IconArrowRight.mjs';
import IconShieldCheck from '@tabler/icons-react/dist/esm/icons/IconShieldCheck.mjs';
import { useEffect, useRef } from 'react';
import classes from './centre.module.css';
import { Panel } from './Panel';
import { useAtRisk } from './queries';
import { adviceOf, reasonsOf } from './reasons';

const kRefreshMs = 2_000; // while deals change, the list is asked for again no oftener

function useRefreshed(refetch: () => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useLiveEvents(() => {
    timer.current ??= setTimeout(() => {
      timer.current = null;
      refetch();
    }, kRefreshMs);
  });
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
}

function RiskyDeal({ deal }: { deal: ShownDeal }) {
  const format = useFormat();
  const reasons = reasonsOf(deal.analysis?.factors ?? []);
  const advice = adviceOf(deal.insights ?? []);
  return (
    <li className={classes.risky}>
      <div className={classes.riskyHead}>
        <TextLink to="/deals/$id" params={{ id: deal.id }} fw={600} size="sm" className={classes.riskyName}>{deal.name}</TextLink>
        <Text size="sm" fw={600} className={classes.tabular}>{format.money(deal.value, deal.currency)}</Text>
      </div>
      <div className={classes.riskyHead}>
        <Text size="xs" c="dimmed">{[deal.company, stageWords[deal.stage], deal.owner].filter(Boolean).join(' · ')}</Text>
        <HealthScore score={deal.health_score} />
      </div>
      {reasons.length > 0 && (
        <ul className={classes.reasons} aria-label={`Why ${deal.name} is at risk`}>
          {reasons.map((reason) => <li key={reason.name}>{reason.why}</li>)}
        </ul>
      )}
      {advice && (
        <Text size="sm" className={classes.advice}>
          <IconArrowRight size={15} stroke={2} aria-hidden />
          <span>{advice}</span>
        </Text>
      )}
    </li>
  );
}

export function AtRisk({ deals: total }: { deals: number }) {
  const format = useFormat();
  const found = useAtRisk();
  useRefreshed(() => void found.refetch());
  const more = total > (found.data?.length ?? 0);
  return (
    <Panel
      title="At risk"
      aside={more && found.data && <TextLink to="/deals" search={{ risk_level: 'high', active: true, sort: '-value' }} size="sm">{`All ${format.number(total)}`}</TextLink>}
    >
      {found.isPending && <ListSkeleton rows={5} />}
      {found.error && <ErrorAlert error={found.error} onRetry={() => void found.refetch()} />}
      {found.data?.length === 0 && <EmptyState icon={IconShieldCheck} title="Nothing is at risk" text="Deals appear here when they stall, run past their date or fall silent." />}
      {found.data && found.data.length > 0 && <ul className={classes.plain}>{found.data.map((deal) => <RiskyDeal key={deal.id} deal={deal} />)}</ul>}
    </Panel>
  );
}
