# file: ipc/util.c
# call: shmget
# class: errors
# wrong: IPC_EXCL without IPC_CREAT refuses a known key.
/^static int ipcget_public(/,/^}/ s/flg & IPC_CREAT && flg & IPC_EXCL/flg \& IPC_EXCL/
