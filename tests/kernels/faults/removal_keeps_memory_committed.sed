# file: mm/shmem.c
# call: proc
# class: limits
# wrong: The memory of a removed segment stays committed.
/^static void shmem_evict_inode(/,/^}/ s/shmem_unacct_size(info->flags, inode->i_size);/;/
