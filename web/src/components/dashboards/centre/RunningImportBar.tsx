// An import that is under way: how far, how fast, how long still.
import { api, need } from '@/api/client';
import { useFormat } from '@/format/use_format';
import { count, sourceWords } from '@/format/words';
import type { RunningImport } from '@/live/frames';
import { Progress, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import classes from './centre.module.css';

const phases = { receiving: 'Receiving', waiting: 'Waiting for another import', running: 'Importing' };

export function RunningImportBar({ running }: { running: RunningImport }) {
  const format = useFormat();
  const { phase, bytes, bytes_total, rows, seconds_left } = running.progress;
  const about = useQuery({
    queryKey: ['import-name', running.import_id],
    queryFn: ({ signal }) => need(api.GET('/api/sales/imports/{id}', { params: { path: { id: running.import_id } }, signal })),
    select: ({ import: one }) => (one.source === 'system' ? 'Undo' : (one.file_name ?? sourceWords[one.source])),
    staleTime: Infinity,
    retry: false,
  });
  const name = about.data ?? 'Import';
  const part = bytes_total ? Math.min(100, (bytes / bytes_total) * 100) : null;
  const left = seconds_left === null ? null : seconds_left < 60 ? `${seconds_left} s left` : `${Math.ceil(seconds_left / 60)} min left`;
  return (
    <div className={classes.running}>
      <Text size="sm">{phases[phase]} <Link className={classes.name} to="/imports/$id" params={{ id: running.import_id }}>{name}</Link></Text>
      <Progress value={part ?? 100} animated={part === null} size="sm" my={6} aria-label={`How far ${name} is`} />
      <Text size="xs" c="dimmed">{[count(rows, format.number(rows), 'row'), left].filter(Boolean).join(' · ')}</Text>
    </div>
  );
}
