# file: ipc/shm.c
# call: shmat
# class: attachments
# wrong: SHM_RND attaches over what is mapped, as SHM_REMAP does.
/^long do_shmat(/,/^}/ s/if (addr && !(shmflg & SHM_REMAP))/if (addr \&\& !(shmflg \& (SHM_REMAP | SHM_RND)))/
