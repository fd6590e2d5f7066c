// A dialog over the page, with its title and a way out. Mantine draws a modal's head as <header>, which would be a second banner.
import { Group, Modal, type ModalProps } from '@mantine/core';
import { useState } from 'react';
import classes from './ui.module.css';

interface Props extends Omit<ModalProps, 'title' | 'withCloseButton'> {
  title: string;
}

/** A keyboard goes on from where it was; if that has gone meanwhile, from the page's content, not from its top. */
function focusIfLost(opener: Element | null) {
  if (document.activeElement !== document.body) return;
  const to = opener instanceof HTMLElement && opener.isConnected ? opener : document.getElementById('content');
  to?.focus({ preventScroll: true });
}

export function Dialog({ title, children, onExitTransitionEnd, ...others }: Props) {
  const [opener] = useState(() => document.activeElement); // Mantine knows only of those that opened it after it was mounted
  const onGone = () => {
    onExitTransitionEnd?.();
    setTimeout(() => focusIfLost(opener)); // after it has left the page
  };
  return (
    <Modal {...others} onExitTransitionEnd={onGone} withCloseButton={false}>
      <Group justify="space-between" wrap="nowrap" className={classes.dialogHead}>
        <Modal.Title fw={650}>{title}</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Group>
      {children}
    </Modal>
  );
}
