# file: ipc/shm.c
# call: shmctl
# class: fields
# wrong: IPC_INFO tells shmseg as 0.
/^static int shmctl_ipc_info(/,/^}/ s/shminfo->shmseg = //
