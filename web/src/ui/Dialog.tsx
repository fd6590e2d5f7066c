// A dialog over the page, with its title and a way out. Mantine draws a modal's head as <header>, which would be a second banner.
import { Group, Modal, type ModalProps } from '@mantine/core';
import classes from './ui.module.css';

interface Props extends Omit<ModalProps, 'title' | 'withCloseButton'> {
  title: string;
}

export function Dialog({ title, children, ...others }: Props) {
  return (
    <Modal {...others} withCloseButton={false}>
      <Group justify="space-between" wrap="nowrap" className={classes.dialogHead}>
        <Modal.Title fw={650}>{title}</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Group>
      {children}
    </Modal>
  );
}
