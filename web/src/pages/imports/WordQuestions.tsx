// Words we do not know, most often of stages: which of ours is it?
import { useFormat } from '@/format/use_format';
import { stages, stageWords } from '@/format/words';
import { currencyChoices } from '@/components/sources/workspace';
import { Group, Select, Stack, Text } from '@mantine/core';
import type { MappingState } from './mapping';
import { fieldLabel } from './mapping';
import type { UnknownWord } from './unknown_words';
import { Notice } from '@/components/sources/Notice';

interface Props {
  words: UnknownWord[];
  state: MappingState;
  onChange: (next: MappingState) => void;
}
const STAGES = stages.map((value) => ({ value, label: stageWords[value] }));

export function WordQuestions({ words, state, onChange }: Props) {
  const format = useFormat();
  if (words.length === 0) return null;
  const say = ({ field, word }: UnknownWord, ours: string | null) => {
    const of = new Map(Object.entries(state.values[field] ?? {}));
    if (ours === null) of.delete(word);
    else of.set(word, ours);
    onChange({ ...state, values: { ...state.values, [field]: Object.fromEntries(of) } });
  };
  return (
    <Notice title="Words we do not know yet">
      <Stack gap="sm">
        {words.map((word) => (
          <Group key={`${word.field}.${word.word}`} gap="sm">
            <Text size="sm" style={{ flex: '1 1 220px', overflowWrap: 'anywhere' }}>{fieldLabel(word.field)} “{word.word}” <Text span size="sm" c="dimmed">({format.number(word.rows)} {word.rows === 1 ? 'row' : 'rows'})</Text></Text>
            <Select aria-label={`What “${word.word}” means`} placeholder="Choose" data={word.field === 'currency' ? currencyChoices('EUR') : STAGES} searchable={word.field === 'currency'} clearable value={state.values[word.field]?.[word.word] ?? null} onChange={(ours) => say(word, ours)} w={220} />
          </Group>
        ))}
      </Stack>
    </Notice>
  );
}
