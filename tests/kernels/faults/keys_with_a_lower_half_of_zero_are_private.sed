# file: ipc/util.c
# call: shmget
# class: keys and ids
# wrong: A key whose lower 16 bits are 0 is taken for IPC_PRIVATE.
/^int ipcget(/,/^}/ s/params->key == IPC_PRIVATE/!(params->key \& 0xffff)/
