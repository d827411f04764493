# file: ipc/shm.c
# call: shmget
# class: limits
# wrong: shmget refuses the last page that kernel.shmall allows.
/^static int newseg(/,/^}/ s/ns->shm_tot + numpages > ns->shm_ctlall)/ns->shm_tot + numpages >= ns->shm_ctlall)/
