# file: ipc/shm.c
# call: shmget
# class: edge of a range
# wrong: shmget refuses the size of kernel.shmmax itself.
/^static int newseg(/,/^}/ s/size > ns->shm_ctlmax)/size >= ns->shm_ctlmax)/
