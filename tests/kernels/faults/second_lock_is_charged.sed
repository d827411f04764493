# file: mm/shmem.c
# call: shmctl
# class: limits
# wrong: A second SHM_LOCK is charged again.
/^int shmem_lock(/,/^}/ s/if (lock && !(info->flags & VM_LOCKED)) {/if (lock) {/
