// Which column is which: what the server has understood, why, and what the person says instead. Then the rows are planned again.
import { ErrorAlert } from '@/ui/ErrorAlert';
import { Alert, Button, Checkbox, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ColumnRow } from './ColumnRow';
import { DecisionQuestions } from './DecisionQuestions';
import { planAgain, readingOf, SAMPLE_ROWS, savedMapping, saveMapping, useRows, type Import } from './imports';
import { csvMapping, doubledFields, fieldLabel, hasName, isUntouched, nothingSaid, recallMapping, rememberMapping, type CsvMapping, type MappingState } from './mapping';
import { samplesOf } from './samples';
import { unknownWords } from './unknown_words';
import { WordQuestions } from './WordQuestions';
import classes from './imports.module.css';
import { Notice } from '@/components/sources/Notice';

interface Props {
  one: Import;
  onNext: (importId: string) => void;
}

// The mapping the plan was made with: the saved one, or what this browser has sent.
function useMappingBefore(one: Import): CsvMapping {
  const { mapping } = readingOf(one);
  const name = mapping?.from === 'saved' ? mapping.name : undefined;
  const saved = useQuery({ queryKey: ['mapping', name], queryFn: () => savedMapping(name ?? ''), enabled: name !== undefined });
  return saved.data?.mapping.mapping ?? recallMapping(one.import_id);
}

export function ColumnsStep({ one, onNext }: Props) {
  const reading = readingOf(one);
  const columns = reading.columns ?? [];
  const before = useMappingBefore(one);
  const [state, setState] = useState<MappingState>(nothingSaid);
  const [saveAs, setSaveAs] = useState<string | null>(null);
  const rows = useRows({ id: one.import_id, action: null, from: 0, planned: true, limit: SAMPLE_ROWS });
  const refused = useRows({ id: one.import_id, action: 'rejected', from: 0, planned: true, limit: 500 }, one.counts.rejected > 0);
  const words = unknownWords(refused.data?.rows ?? []);
  const plan = useMutation({
    mutationFn: async () => {
      const mapping = csvMapping(state, columns, before);
      if (saveAs !== null && saveAs.trim() !== '') await saveMapping(saveAs.trim(), reading.header ?? [], mapping);
      if (isUntouched(state)) return one.import_id;
      const id = await planAgain(one.import_id, { mapping });
      rememberMapping(id, mapping);
      return id;
    },
    onSuccess: onNext,
  });
  const doubled = doubledFields(state, columns);
  const named = hasName(state, columns);
  return (
    <Stack gap="lg">
      {reading.mapping?.from === 'saved' && <Alert color="teal" variant="light">Read with the saved mapping “{reading.mapping.name}”.</Alert>}
      <DecisionQuestions decisions={reading.needs_decision ?? []} state={state} onChange={setState} />
      <WordQuestions words={words} state={state} onChange={setState} />
      <Stack gap={0}>
        <Title order={2} size="h4" mb="xs">Columns of the file</Title>
        {columns.map((column, at) => (
          <ColumnRow key={`${at}.${column.header}`} column={column} state={state} samples={samplesOf(rows.data?.rows ?? [], column.header)} onChange={setState} />
        ))}
      </Stack>
      {!named && <Alert color="red" title="Which column is the deal’s name?">Every deal needs a name. Choose “Deal name” for one of the columns.</Alert>}
      {doubled.length > 0 && <Notice title="Two columns for one field">{doubled.map(fieldLabel).join(', ')}: the first of the columns is taken.</Notice>}
      {plan.isError && <ErrorAlert error={plan.error} />}
      <Group className={classes.stay} justify="space-between" gap="md">
        <SaveAs value={saveAs} onChange={setSaveAs} shown={reading.mapping?.from !== 'saved' || !isUntouched(state)} />
        <Button loading={plan.isPending} disabled={!named} onClick={() => plan.mutate()}>Check the rows</Button>
      </Group>
    </Stack>
  );
}

function SaveAs({ value, onChange, shown }: { value: string | null; onChange: (name: string | null) => void; shown: boolean }) {
  if (!shown) return <span />;
  return (
    <Group gap="sm">
      <Checkbox label="Remember this for files with these columns" checked={value !== null} onChange={(event) => onChange(event.currentTarget.checked ? '' : null)} />
      {value !== null && <TextInput aria-label="Name of the saved mapping" placeholder="Name, such as CRM export" value={value} maxLength={100} size="xs" onChange={(event) => onChange(event.currentTarget.value)} />}
      {value !== null && value.trim() === '' && <Text size="sm" c="dimmed">Give it a name.</Text>}
    </Group>
  );
}
