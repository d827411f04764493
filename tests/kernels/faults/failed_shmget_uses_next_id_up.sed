# file: ipc/util.c
# call: shmget
# class: failed call
# wrong: A shmget that fails for kernel.shmmni resets kernel.shm_next_id.
/^int ipc_addid(/,/^}/ s/if (ids->in_use >= limit)/if (ids->in_use >= limit \&\& (ids->next_id = -1))/
