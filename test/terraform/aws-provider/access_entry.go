package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	eksapi "github.com/aws/aws-sdk-go-v2/service/eks/types"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type accessEntry struct{ aws clients }

type accessEntryModel struct {
	ID               types.String `tfsdk:"id"`
	ClusterName      types.String `tfsdk:"cluster_name"`
	PrincipalARN     types.String `tfsdk:"principal_arn"`
	KubernetesGroups types.Set    `tfsdk:"kubernetes_groups"`
	AccessEntryARN   types.String `tfsdk:"access_entry_arn"`
	CreatedAt        types.String `tfsdk:"created_at"`
	ModifiedAt       types.String `tfsdk:"modified_at"`
	Type             types.String `tfsdk:"type"`
	UserName         types.String `tfsdk:"user_name"`
}

func (*accessEntry) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "aws_eks_access_entry"
}

func (*accessEntry) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id":                identifier(),
		"cluster_name":      fixed(),
		"principal_arn":     fixed(),
		"kubernetes_groups": schema.SetAttribute{Optional: true, Computed: true, ElementType: types.StringType},
		"access_entry_arn":  identifier(),
		"created_at":        identifier(),
		"modified_at":       schema.StringAttribute{Computed: true},
		"type":              identifier(),
		"user_name":         schema.StringAttribute{Optional: true, Computed: true},
	}}
}

func (r *accessEntry) Configure(_ context.Context, request resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.aws = clientsOf(request.ProviderData)
}

func (r *accessEntry) Create(ctx context.Context, request resource.CreateRequest, answer *resource.CreateResponse) {
	var plan accessEntryModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &plan)...)
	created, err := r.aws.eks.CreateAccessEntry(ctx, &eks.CreateAccessEntryInput{
		ClusterName:      plan.ClusterName.ValueStringPointer(),
		PrincipalArn:     plan.PrincipalARN.ValueStringPointer(),
		KubernetesGroups: plan.groups(ctx),
		Username:         given(plan.UserName),
	})
	if failed(&answer.Diagnostics, "The access entry cannot be created", err) {
		return
	}
	plan.fill(ctx, created.AccessEntry)
	answer.Diagnostics.Append(answer.State.Set(ctx, plan)...)
}

func (r *accessEntry) Read(ctx context.Context, request resource.ReadRequest, answer *resource.ReadResponse) {
	var state accessEntryModel
	answer.Diagnostics.Append(request.State.Get(ctx, &state)...)
	described, err := r.aws.eks.DescribeAccessEntry(ctx, &eks.DescribeAccessEntryInput{
		ClusterName:  state.ClusterName.ValueStringPointer(),
		PrincipalArn: state.PrincipalARN.ValueStringPointer(),
	})
	if isCalled(err, "ResourceNotFoundException") {
		answer.State.RemoveResource(ctx)
		return
	}
	if failed(&answer.Diagnostics, "The access entry cannot be read", err) {
		return
	}
	state.fill(ctx, described.AccessEntry)
	answer.Diagnostics.Append(answer.State.Set(ctx, state)...)
}

func (r *accessEntry) Update(ctx context.Context, request resource.UpdateRequest, answer *resource.UpdateResponse) {
	var plan accessEntryModel
	answer.Diagnostics.Append(request.Plan.Get(ctx, &plan)...)
	updated, err := r.aws.eks.UpdateAccessEntry(ctx, &eks.UpdateAccessEntryInput{
		ClusterName:      plan.ClusterName.ValueStringPointer(),
		PrincipalArn:     plan.PrincipalARN.ValueStringPointer(),
		KubernetesGroups: plan.groups(ctx),
		Username:         given(plan.UserName),
	})
	if failed(&answer.Diagnostics, "The access entry cannot be updated", err) {
		return
	}
	plan.fill(ctx, updated.AccessEntry)
	answer.Diagnostics.Append(answer.State.Set(ctx, plan)...)
}

func (r *accessEntry) Delete(ctx context.Context, request resource.DeleteRequest, answer *resource.DeleteResponse) {
	var state accessEntryModel
	answer.Diagnostics.Append(request.State.Get(ctx, &state)...)
	_, err := r.aws.eks.DeleteAccessEntry(ctx, &eks.DeleteAccessEntryInput{
		ClusterName:  state.ClusterName.ValueStringPointer(),
		PrincipalArn: state.PrincipalARN.ValueStringPointer(),
	})
	if !isCalled(err, "ResourceNotFoundException") {
		failed(&answer.Diagnostics, "The access entry cannot be deleted", err)
	}
}

func (m *accessEntryModel) groups(ctx context.Context) []string {
	var groups []string
	m.KubernetesGroups.ElementsAs(ctx, &groups, false)
	return groups
}

func (m *accessEntryModel) fill(ctx context.Context, found *eksapi.AccessEntry) {
	m.ID = types.StringValue(aws.ToString(found.ClusterName) + ":" + aws.ToString(found.PrincipalArn))
	m.ClusterName = types.StringPointerValue(found.ClusterName)
	m.PrincipalARN = types.StringPointerValue(found.PrincipalArn)
	m.KubernetesGroups, _ = types.SetValueFrom(ctx, types.StringType, found.KubernetesGroups)
	m.AccessEntryARN = types.StringPointerValue(found.AccessEntryArn)
	m.CreatedAt = types.StringValue(aws.ToTime(found.CreatedAt).Format(time.RFC3339))
	m.ModifiedAt = types.StringValue(aws.ToTime(found.ModifiedAt).Format(time.RFC3339))
	m.Type = types.StringPointerValue(found.Type)
	m.UserName = types.StringPointerValue(found.Username)
}
