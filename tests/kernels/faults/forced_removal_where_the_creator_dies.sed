# file: ipc/shm.c
# call: shmctl
# class: namespaces
# wrong: At the creator's death shm_rmid_forced is asked of the namespace that it is in, not of the segment's.
/^void exit_shm(/,/^}/ s/if (!ns->shm_rmid_forced)/if (!task->nsproxy->ipc_ns->shm_rmid_forced)/
