// "Why this value?": every change of one field, from which arrival and by which rule.
import type { Deal } from '@/api/agreed';
import { useFormat } from '@/format/use_format';
import { sourceWords } from '@/format/words';
import { ErrorAlert } from '@/ui/ErrorAlert';
import { ListSkeleton } from '@/ui/Skeletons';
import { Dialog } from '@/ui/Dialog';
import { Stack, Text } from '@mantine/core';
import { Arrival } from './Arrival';
import classes from './deal.module.css';
import { fieldWord, shownValue } from './fields';
import { actorWord, ruleWord } from './timeline';
import { useFieldHistory, useNames } from './use_deal';

export function FieldHistory({ deal, field, onClose }: { deal: Deal; field: string | null; onClose: () => void }) {
  const format = useFormat();
  const history = useFieldHistory(deal.id, field);
  const names = useNames();
  const changes = history.data?.history ?? [];
  return (
    <Dialog opened={field !== null} onClose={onClose} title={field === null ? '' : `Why this ${fieldWord(field).toLowerCase()}?`} size="lg">
      {history.isLoading && <ListSkeleton rows={3} />}
      {history.error && <ErrorAlert error={history.error} onRetry={() => void history.refetch()} />}
      {history.data && changes.length === 0 && <Text size="sm" c="dimmed">Nobody has ever given it. It stands as it is by default.</Text>}
      <Stack component="ol" gap="md" className={classes.plain}>
        {changes.map((change) => {
          const rule = ruleWord(change.rule);
          return (
            <li key={change.seq} className={classes.entry}>
              <Text size="sm">
                {change.before !== null && change.before !== undefined && <><s className={classes.quiet}>{shownValue(change.field, change.before, deal, format)}</s> → </>}
                <b>{shownValue(change.field, change.after, deal, format) ?? 'empty'}</b>
              </Text>
              <Text size="xs" c="dimmed">
                {actorWord(change.actor, names, change.source)} · {sourceWords[change.source]} · {format.date_time(change.at)}
              </Text>
              <Text size="xs" c="dimmed">{rule === null ? 'Taken as it was received.' : `Rule: ${rule}.`}</Text>
              {change.ingestion_id !== null && <Arrival id={change.ingestion_id} row={change.row} source={change.source} />}
            </li>
          );
        })}
      </Stack>
    </Dialog>
  );
}
