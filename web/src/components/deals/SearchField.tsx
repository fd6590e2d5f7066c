// Words to look for; asked for after a short pause of typing. `/` comes here.
import { CloseButton, TextInput } from '@mantine/core';
import IconSearch from '@tabler/icons-react/dist/esm/icons/IconSearch.mjs';
import { useEffect, useRef, useState } from 'react';

const kPauseMs = 250;

interface Props {
  value: string;
  label: string;
  onChange: (value: string) => void;
}

export function SearchField({ value, label, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // Changed from elsewhere: a chip taken away, the back button.
  useEffect(() => {
    if (value === told.current) return;
    told.current = value;
    setTyped(value);
  }, [value]);
  useEffect(() => {
    const next = typed.trim();
    if (next === told.current) return;
    const timer = setTimeout(() => {
      told.current = next;
      latest.current(next);
    }, kPauseMs);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <TextInput
      data-search
      type="search"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && setTyped('')}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={typed === '' ? null : <CloseButton size="sm" aria-label="Clear the search" onClick={() => setTyped('')} />}
      maxLength={200}
    />
  );
}
