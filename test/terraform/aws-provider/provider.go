// A provider that stands in for hashicorp/aws in the tests: the resources and data sources of the project's Terraform modules,
// with the arguments that they give, as the provider's documentation has them.
package main

import (
	"context"
	"log"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	options := providerserver.ServeOpts{Address: "registry.terraform.io/hashicorp/aws"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return standIn{} }, options); err != nil {
		log.Fatal(err)
	}
}

// The clients of what AWS's endpoint and credentials in the environment lead to.
type clients struct {
	cloudformation *cloudformation.Client
	eks            *eks.Client
	sts            *sts.Client
	region         string
}

type standIn struct{}

func (standIn) Metadata(_ context.Context, _ provider.MetadataRequest, answer *provider.MetadataResponse) {
	answer.TypeName = "aws"
}

func (standIn) Schema(_ context.Context, _ provider.SchemaRequest, answer *provider.SchemaResponse) {
	answer.Schema = schema.Schema{}
}

func (standIn) Configure(ctx context.Context, _ provider.ConfigureRequest, answer *provider.ConfigureResponse) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		answer.Diagnostics.AddError("The environment has no settings for AWS", err.Error())
		return
	}
	made := clients{
		cloudformation: cloudformation.NewFromConfig(settings),
		eks:            eks.NewFromConfig(settings),
		sts:            sts.NewFromConfig(settings),
		region:         settings.Region,
	}
	answer.ResourceData, answer.DataSourceData = made, made
}

func (standIn) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &stack{} },
		func() resource.Resource { return &accessEntry{} },
	}
}

func (standIn) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		func() datasource.DataSource { return &callerIdentity{} },
		func() datasource.DataSource { return &partition{} },
	}
}

// Nothing is configured while a configuration is only validated.
func clientsOf(data any) clients {
	given, _ := data.(clients)
	return given
}

func failed(to *diag.Diagnostics, doing string, err error) bool {
	if err != nil {
		to.AddError(doing, err.Error())
	}
	return err != nil
}

type callerIdentity struct{ aws clients }

type callerIdentityModel struct {
	ID        types.String `tfsdk:"id"`
	AccountID types.String `tfsdk:"account_id"`
	ARN       types.String `tfsdk:"arn"`
	UserID    types.String `tfsdk:"user_id"`
}

func (*callerIdentity) Metadata(_ context.Context, _ datasource.MetadataRequest, answer *datasource.MetadataResponse) {
	answer.TypeName = "aws_caller_identity"
}

func (*callerIdentity) Schema(_ context.Context, _ datasource.SchemaRequest, answer *datasource.SchemaResponse) {
	answer.Schema = computed("id", "account_id", "arn", "user_id")
}

func (d *callerIdentity) Configure(_ context.Context, request datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.aws = clientsOf(request.ProviderData)
}

func (d *callerIdentity) Read(ctx context.Context, _ datasource.ReadRequest, answer *datasource.ReadResponse) {
	caller, err := d.aws.sts.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if failed(&answer.Diagnostics, "Who calls cannot be told", err) {
		return
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, callerIdentityModel{
		ID:        types.StringPointerValue(caller.Account),
		AccountID: types.StringPointerValue(caller.Account),
		ARN:       types.StringPointerValue(caller.Arn),
		UserID:    types.StringPointerValue(caller.UserId),
	})...)
}

type partition struct{ aws clients }

type partitionModel struct {
	ID        types.String `tfsdk:"id"`
	Partition types.String `tfsdk:"partition"`
}

func (*partition) Metadata(_ context.Context, _ datasource.MetadataRequest, answer *datasource.MetadataResponse) {
	answer.TypeName = "aws_partition"
}

func (*partition) Schema(_ context.Context, _ datasource.SchemaRequest, answer *datasource.SchemaResponse) {
	answer.Schema = computed("id", "partition")
}

func (d *partition) Configure(_ context.Context, request datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.aws = clientsOf(request.ProviderData)
}

func (d *partition) Read(ctx context.Context, _ datasource.ReadRequest, answer *datasource.ReadResponse) {
	name := types.StringValue("aws")
	if strings.HasPrefix(d.aws.region, "cn-") {
		name = types.StringValue("aws-cn")
	}
	answer.Diagnostics.Append(answer.State.Set(ctx, partitionModel{ID: name, Partition: name})...)
}

func computed(names ...string) datasourceschema.Schema {
	attributes := map[string]datasourceschema.Attribute{}
	for _, name := range names {
		attributes[name] = datasourceschema.StringAttribute{Computed: true}
	}
	return datasourceschema.Schema{Attributes: attributes}
}
