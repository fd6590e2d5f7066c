// What the import would do, row by row, before it does it. Cells can be mended; the rows are then planned again.
import { useFormat } from '@/format/use_format';
import { useSession } from '@/session/session';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { fixList, noFixes, withFix, type Fixes } from './fixes';
import { applyPlan, planAgain, readingOf, type Action, type Import } from './imports';
import classes from './imports.module.css';
import { PlanMetrics } from './PlanMetrics';
import { recallMapping, rememberMapping } from './mapping';
import { RowList } from './RowList';
import { Tiles } from './Tiles';
import { Notice } from '@/components/sources/Notice';

interface Props {
  one: Import;
  onColumns: () => void;
  onPlanned: (importId: string) => void;
  onApplied: () => void;
  refetch: () => void;
}

export function CheckStep({ one, onColumns, onPlanned, onApplied, refetch }: Props) {
  const session = useSession();
  const format = useFormat();
  const reading = readingOf(one);
  const [filter, setFilter] = useState<Action | null>(one.counts.rejected > 0 ? 'rejected' : null);
  const [fixes, setFixes] = useState<Fixes>(noFixes);
  const again = useMutation({
    mutationFn: () => planAgain(one.import_id, { fixes: fixList(reading.fixes ?? [], fixes) }),
    onSuccess: (id) => {
      rememberMapping(id, recallMapping(one.import_id));
      onPlanned(id);
    },
  });
  const apply = useMutation({
    mutationFn: () => applyPlan(one.import_id),
    onSuccess: () => {
      onApplied();
      refetch();
    },
  });
  const deals = one.counts.created + one.counts.updated;
  const error = again.error ?? apply.error;
  return (
    <Stack gap="lg">
      <Tiles counts={one.counts} chosen={filter} onChoose={setFilter} plan />
      {one.plan && <PlanMetrics plan={one.plan} />}
      {one.plan && one.plan.automations > 0 && <Held one={one} alerts={one.plan.automations} />}
      {(reading.needs_decision ?? []).length > 0 && (
        <Notice title="A question is still open">
          <Text size="sm">Rows that can be read in two ways are left out until you answer.</Text>
          <Button size="xs" variant="default" mt="xs" onClick={onColumns}>Answer it</Button>
        </Notice>
      )}
      <RowList one={one} filter={filter} planned fixes={session.can('write') && one.source === 'csv' ? { all: fixes, planned: reading.fixes ?? [], onFix: (fix, original) => setFixes((before) => withFix(before, fix, original)) } : null} />
      {error !== null && <ErrorAlert error={error} />}
      {session.can('write') && (
        <Group className={classes.stay} justify="space-between" gap="md">
          {fixes.size > 0 ? (
            <>
              <Text size="sm" fw={500}>{format.number(fixes.size)} {fixes.size === 1 ? 'cell' : 'cells'} changed</Text>
              <Group gap="sm">
                <Button variant="default" onClick={() => setFixes(noFixes)}>Discard</Button>
                <Button loading={again.isPending} onClick={() => again.mutate()}>Check again</Button>
              </Group>
            </>
          ) : (
            <>
              <Text size="sm" c="dimmed">{one.counts.rejected > 0 ? `${format.number(one.counts.rejected)} ${one.counts.rejected === 1 ? 'row is' : 'rows are'} left out. You can fix ${one.counts.rejected === 1 ? 'it' : 'them'} here, or later.` : 'Nothing is saved until you import.'}</Text>
              <Button loading={apply.isPending} disabled={deals === 0} onClick={() => apply.mutate()}>{deals === 0 ? 'Nothing to import' : `Import ${format.number(deals)} ${deals === 1 ? 'deal' : 'deals'}`}</Button>
            </>
          )}
        </Group>
      )}
    </Stack>
  );
}

function Held({ one, alerts }: { one: Import; alerts: number }) {
  const format = useFormat();
  const count = `${format.number(alerts)} ${alerts === 1 ? 'alert' : 'alerts'} about deals at risk`;
  return <Text size="sm" c="dimmed">{one.automations.policy === 'live' ? `${count} will be sent.` : one.automations.policy === 'held' ? `${count} will wait until you let them go.` : `${count} will not be sent.`}</Text>;
}
