# file: ipc/shm.c
# call: shmget
# class: attachments
# wrong: SHM_NORESERVE commits no memory where overcommitting is off.
/^static int newseg(/,/^}/ s/sysctl_overcommit_memory != OVERCOMMIT_NEVER)/1)/
