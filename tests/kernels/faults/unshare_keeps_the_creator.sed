# file: kernel/fork.c
# call: shmctl
# class: namespaces
# wrong: Segments of a process that has left by unshare still have a creator, for shm_rmid_forced.
/^int ksys_unshare(/,/^}/ s/if (unshare_flags & CLONE_NEWIPC) {/if (0) {/
